//wrong: adds itself, looks whether that was too many, and takes itself away: for a moment a refused call keeps another one out
//want:  Look and count in one step
//kind:  race

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait, and refuses the rest. It is two
// semaphores, one inside the other.
type Bulkhead struct {
	inside  atomic.Int64
	max     int64
	running *semaphore.Weighted // one for each call that runs; first come, first served
}

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	return &Bulkhead{
		max:     int64(run + wait),
		running: semaphore.NewWeighted(int64(run)),
	}
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	defer b.inside.Add(-1)
	if b.inside.Add(1) > b.max {
		runtime.Gosched() // tells a log, say
		return ErrFull
	}

	if b.running.Acquire(ctx, 1) != nil {
		return context.Cause(ctx)
	}
	defer b.running.Release(1) // before the other: who waits moves up, then there is room to wait

	return fn(ctx)
}
