//wrong: bounds those who run and never refuses anybody, so that those who wait pile up: unbounded
//want:  so that 13 are refused, 3 begin at 1s, 3 at 1.1s and 1 at 1.2s, but it is map[1.1s:3

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
