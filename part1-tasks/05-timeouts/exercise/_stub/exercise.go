//want:it takes the attempt's timeout for its caller's

// Package exercise is yours: mend Retry.
package exercise

import (
	"context"
	"errors"
	"time"
)

// A Policy says how often, how long and how fast Retry tries. All its fields
// are positive, and MaxPause is not less than Pause.
type Policy struct {
	Attempts int           // at most so many
	Limit    time.Duration // for each attempt
	Pause    time.Duration // after the first attempt; after each further one twice as long as before
	MaxPause time.Duration // but never longer than this
}

// ErrLimit is the cause of an attempt's context that Policy.Limit has ended.
var ErrLimit = errors.New("the attempt took too long")

// ErrPermanent is, or is wrapped by, an error after which no attempt would do
// any better.
var ErrPermanent = errors.New("trying again is no use")

// Retry calls attempt until it succeeds, and returns its value.
//
// That works while each attempt succeeds or fails quickly and ctx is alive. When
// an attempt uses up its limit, or ctx ends, it does not. Find the faults and
// mend them; this is how it should be:
//
//   - It makes one attempt at a time and waits until it has returned, however
//     long that takes. The attempt gets a context that is made from ctx, with its
//     values, and ends after p.Limit, with ErrLimit as its cause. When an attempt
//     has returned, its context ends, too: before the next attempt begins.
//   - A nil error is a success, however late: also when p.Limit is over and when
//     ctx has ended.
//   - Any error is a failure, ErrLimit or not, whatever it wraps. After a
//     failure Retry pauses and then tries again.
//   - It gives up at once, without a pause, when the failure was the last of
//     p.Attempts, when its error is ErrPermanent (by errors.Is), when ctx has
//     ended, and when the pause would last beyond ctx's deadline. (Where it would
//     end exactly at the deadline, to pause and to give up are both right.)
//   - When ctx ends during a pause, Retry gives up at once. No attempt is ever
//     begun when ctx has ended, also if ctx had ended before the call.
//   - The error with which it gives up joins all that happened; errors.Is finds
//     in it the error of each attempt; ErrLimit, if an attempt failed after
//     p.Limit had ended its context, and not if ctx ended first; context.Cause(ctx),
//     if ctx has ended; and context.DeadlineExceeded, if the pause would have
//     lasted too long.
//   - Retry leaves nothing behind: when it returns, no attempt is under way and
//     no goroutine or derived context is left, also while ctx is still alive. A panic of attempt goes
//     on to the caller of Retry.
func Retry[T any](ctx context.Context, p Policy, attempt func(context.Context) (T, error)) (T, error) {
	var value T
	err := errors.New("no attempt was made")
	for n := range p.Attempts {
		ctx, cancel := context.WithTimeout(ctx, p.Limit)
		defer cancel()
		value, err = attempt(ctx)
		if err == nil {
			return value, nil
		}
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrPermanent) {
			return value, err
		}
		time.Sleep(min(p.Pause<<n, p.MaxPause))
	}
	return value, err
}
