//wrong: a call that gives up is still counted among those that wait: its place is lost
//want:  but it is [0s, gave up at 600ms, full at 700ms
//kind:  leak

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait, and refuses the rest.
type Bulkhead struct {
	running *semaphore.Weighted
	most    int64
	waiting atomic.Int64
}

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	return &Bulkhead{running: semaphore.NewWeighted(int64(run)), most: int64(wait)}
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !b.running.TryAcquire(1) {
		if b.waiting.Add(1) > b.most {
			b.waiting.Add(-1)
			return ErrFull
		}
		if err := b.running.Acquire(ctx, 1); err != nil {
			return context.Cause(ctx)
		}
		b.waiting.Add(-1)
	}
	defer b.running.Release(1)
	return fn(ctx)
}
