// Package exercise is yours: write Push, Close and Detach.
package exercise

import (
	"context"
	"errors"
	"time"
)

// ErrClosed is what Push returns when it comes too late.
var ErrClosed = errors.New("the stack is closed")

// A Stack closes what has been opened, however much that turns out to be.
// Whenever something has been opened, push what closes it; Close closes it all.
// Its methods may be called from several goroutines at the same time.
type Stack struct {
	Within time.Duration // the longest that closing one thing should take; more than 0

	// yours
}

// Push adds what closes one thing.
//
// Once Close has been called, and be it still at work, Push takes nothing any
// more and returns ErrClosed: then it is the caller who has to close the thing.
func (s *Stack) Push(closing func(context.Context) error) error {
	panic("not written yet")
}

// Close closes all that was pushed, one thing at a time, the last one first, and
// returns when everything is closed.
//
//   - Each function that was pushed is called once, whatever became of those
//     before it.
//   - Its context has the values of ctx but not its end: it is alive although
//     ctx has ended, and ends Within after this call began, not earlier.
//   - Close waits until a function has returned, also for one that takes no
//     notice of its context: things that were opened earlier may be in use by it.
//   - All errors come out, joined in the order of the calls (errors.Join).
//   - If a function panics, the panic goes on, with its value, when all others
//     have been called.
//   - Who calls Close again has nothing to close and gets nil, at once; also
//     while the first call is at work, or from one of the functions.
func (s *Stack) Close(ctx context.Context) error {
	panic("not written yet")
}

// Detach takes everything out of s and returns it in a Stack of its own, with
// the same Within. So a function can open several things, close them if it fails
// half-way, and hand them all to its caller if not.
//
// What is pushed to the one from then on is no concern of the other. s stays
// open. Out of a Stack that is closed, Detach takes nothing.
func (s *Stack) Detach() *Stack {
	panic("not written yet")
}
