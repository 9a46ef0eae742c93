//wrong: guards the bookkeeping with a lock and calls fn while it holds it: sequential
//want:  but it is [0s, 1s, 2s, 3s, 4s, 5s]
//kind:  sequential

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait, and refuses the rest.
type Bulkhead struct {
	inside chan struct{}
	lock   locks.Lock
}

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	return &Bulkhead{inside: make(chan struct{}, run+wait)}
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
	if err := b.lock.Acquire(ctx); err != nil {
		return err
	}
	defer b.lock.Release()
	return fn(ctx)
}
