//wrong: returns when ctx ends and leaves fn running, without its place
//want:  Do returned while fn was still under way
//kind:  leak

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"

	"golang.org/x/sync/semaphore"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait, and refuses the rest.
type Bulkhead struct {
	inside  chan struct{}
	running *semaphore.Weighted
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
		defer func() { <-b.inside }()
	default:
		return ErrFull
	}
	if b.running.Acquire(ctx, 1) != nil {
		return context.Cause(ctx)
	}
	defer b.running.Release(1)

	result := make(chan error, 1)
	go func() {
		defer func() {
			if reason := recover(); reason != nil {
				result <- errors.New("fn panicked")
			}
		}()
		result <- fn(ctx)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
