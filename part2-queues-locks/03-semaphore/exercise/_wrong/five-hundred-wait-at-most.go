//wrong: at most 500 calls wait, whatever New was told
//want:  so that 1 is refused, but it is
//kind:  contract

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"

	"golang.org/x/sync/semaphore"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait, and refuses the rest. It is two
// semaphores, one inside the other.
type Bulkhead struct {
	inside  chan struct{}       // one for each call that runs or waits
	running *semaphore.Weighted // one for each call that runs; first come, first served
}

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	return &Bulkhead{
		inside:  make(chan struct{}, run+min(wait, 500)),
		running: semaphore.NewWeighted(int64(run)),
	}
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case b.inside <- struct{}{}:
	default:
		return ErrFull
	}
	defer func() { <-b.inside }()

	if b.running.Acquire(ctx, 1) != nil {
		return context.Cause(ctx)
	}
	defer b.running.Release(1) // before the other: who waits moves up, then there is room to wait

	return fn(ctx)
}
