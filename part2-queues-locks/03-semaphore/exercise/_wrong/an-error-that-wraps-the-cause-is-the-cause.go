//wrong: takes an error of fn that wraps the cause of ctx for the end of ctx, and returns the bare cause
//want:  it returns what fn returned, unchanged
//kind:  error lost

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
		inside:  make(chan struct{}, run+wait),
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

	err := fn(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return context.Cause(ctx)
	}
	return err
}
