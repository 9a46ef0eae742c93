//want:was given a context that had already ended, and nothing can be closed with that

// Package exercise is yours to mend: there are four bugs in Stack.
package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrClosed is what Push returns when it comes too late.
var ErrClosed = errors.New("the stack is closed")

// A Stack closes what has been opened, however much that turns out to be.
// Whenever something has been opened, push what closes it; Close closes it all.
// Its methods may be called from several goroutines at the same time.
type Stack struct {
	Within time.Duration // the longest that closing one thing should take; more than 0

	mu     sync.Mutex // guards the below
	open   []func(context.Context) error
	closed bool
}

// Push adds what closes one thing.
//
// Once Close has been called, also while it is still at work and also if there
// was nothing to close, Push takes nothing more and returns ErrClosed. Then the
// caller has to close the thing.
func (s *Stack) Push(closing func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.open = append(s.open, closing)
	return nil
}

// Close closes all that was pushed, one thing at a time, the last one first, and
// returns when everything is closed. It does so also if ctx has already ended,
// and then returns only what the functions returned, not the cause of ctx.
//
//   - Each function that was pushed is called once, whatever the functions before
//     it did.
//   - Its context has the values of ctx but not its end: it is alive although
//     ctx has ended, and ends Within after this call began, not earlier.
//   - Close waits until a function has returned, also if the function ignores
//     its context: it may use things that were opened earlier.
//   - All errors come out, joined in the order of the calls (errors.Join). If
//     there is none, Close returns nil.
//   - If functions panic, all other functions are called in the same order, and
//     then a panic goes on with its value. If several panic, it is one of theirs.
//   - A second Close has nothing to close and returns nil at once, also while the
//     first call is at work, and also if one of the functions calls it.
func (s *Stack) Close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for _, closing := range slices.Backward(s.open) {
		ctx, cancel := context.WithTimeout(ctx, s.Within)
		errs = append(errs, closing(ctx))
		cancel()
	}
	s.open = nil
	return errors.Join(errs...)
}

// Detach takes everything out of s and returns it in a Stack of its own, with
// the same Within. So a function can open several things, close them if it fails
// half-way, and hand them all to its caller if not.
//
// What is pushed to one of the two afterwards does not belong to the other. s stays
// open. Detach on a Stack that is closed returns an empty Stack, which is open.
func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, open: s.open}
	s.open = s.open[:0]
	return d
}
