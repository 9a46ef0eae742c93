//wrong: keeps its places in package variables, which all Bulkheads share
//want:  one Bulkhead is full, and in another one no call runs
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
type Bulkhead struct{}

var (
	inside  chan struct{}
	running *semaphore.Weighted
)

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	inside = make(chan struct{}, run+wait)
	running = semaphore.NewWeighted(int64(run))
	return &Bulkhead{}
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case inside <- struct{}{}:
	default:
		return ErrFull
	}
	defer func() { <-inside }()

	if running.Acquire(ctx, 1) != nil {
		return context.Cause(ctx)
	}
	defer running.Release(1) // before the other: who waits moves up, then there is room to wait

	return fn(ctx)
}
