//wrong: bounds the calls that run and never refuses one, so that waiting calls pile up: unbounded
//want:  but it is [0s, 100ms, 1s, 1.1s, 2s, 2.1s]
//kind:  unbounded

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
	running *semaphore.Weighted
}

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	return &Bulkhead{running: semaphore.NewWeighted(int64(run))}
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if err := b.running.Acquire(ctx, 1); err != nil {
		return context.Cause(ctx)
	}
	defer b.running.Release(1)
	return fn(ctx)
}
