//wrong: looks whether there is room, and takes the place after that in a second critical section, and another goroutine gets in between: a race
//want:  Another goroutine got between the look
//kind:  race

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait, and refuses the rest.
type Bulkhead struct {
	running chan struct{} // one for each call that runs
	most    int           // calls that run or wait

	mu     sync.Mutex // guards the below
	inside int        // calls that run or wait
}

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	return &Bulkhead{running: make(chan struct{}, run), most: run + wait}
}

func (b *Bulkhead) full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.inside >= b.most
}

func (b *Bulkhead) count(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inside += n
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if b.full() {
		return ErrFull
	}
	b.count(1)
	defer b.count(-1)
	select {
	case b.running <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-b.running }()
	return fn(ctx)
}
