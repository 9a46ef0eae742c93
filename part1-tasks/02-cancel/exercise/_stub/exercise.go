// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"time"
)

// A Batcher collects lines, of a log for instance, and writes them in batches:
// one write of many lines is cheaper than many writes of one.
type Batcher struct {
	Size   int           // a batch of this many lines is full; at least 1
	Every  time.Duration // the longest that a line waits for others
	Within time.Duration // the longest that one Write may take
	Write  func(ctx context.Context, lines []string) error
}

// Run takes lines and writes them in batches until ctx ends, lines is closed or
// a Write fails.
//
//   - A batch is written as soon as it holds Size lines, or when Every has
//     passed since Run took its first line. The lines keep their order, and no
//     batch is empty.
//   - Write is called one at a time. While it runs, Run takes no line, so that
//     it never holds more than Size of them. Run waits for a Write that does not
//     listen to its context, too.
//   - The slice is Write's to keep: Run does not touch it again.
//   - Write's context has the values of ctx, but does not end with it. It is
//     alive when Write is called, also when ctx has ended, and ends Within
//     later. So a Write that is under way when ctx ends is not cut short.
//   - When ctx ends, also before the call, Run writes at once what it holds. Then it
//     returns an error that is context.Cause(ctx) and, if that last Write failed,
//     also the error of Write, both for errors.Is. A line that comes when ctx has
//     ended is either left in the channel or taken and written; it is never lost.
//     But Run does not go on for as long as lines come.
//   - When lines is closed, Run writes what it holds and returns nil, or the error
//     of that Write.
//   - When a Write fails, Run returns its error, takes no more lines and does
//     not call Write again. If ctx ended while that Write was under way, the error
//     may be the cause as well.
//   - Run leaves nothing behind: when it returns, no Write is under way, none
//     will come, and no goroutine or derived context is left, also while ctx is still alive. A panic
//     of Write goes on to the caller of Run, and leaves nothing behind either.
func (b Batcher) Run(ctx context.Context, lines <-chan string) error {
	panic("not written yet")
}
