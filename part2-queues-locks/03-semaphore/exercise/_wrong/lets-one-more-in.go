//wrong: gives the place back and wakes the next one, and in between another call takes it: a race
//want:  2 calls run at the same time
//kind:  race

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait, and refuses the rest.
type Bulkhead struct {
	run, wait int

	mu      sync.Mutex
	running int
	line    []chan struct{}
}

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	return &Bulkhead{run: run, wait: wait}
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	if b.running >= b.run {
		if len(b.line) >= b.wait {
			b.mu.Unlock()
			return ErrFull
		}
		turn := make(chan struct{})
		b.line = append(b.line, turn)
		b.mu.Unlock()
		select {
		case <-turn:
		case <-ctx.Done():
			b.giveUp(turn)
			return context.Cause(ctx)
		}
		b.mu.Lock()
	}
	b.running++
	b.mu.Unlock()
	defer b.leave()
	return fn(ctx)
}

func (b *Bulkhead) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	b.wakeLocked()
}

func (b *Bulkhead) wakeLocked() {
	if len(b.line) > 0 {
		close(b.line[0])
		b.line = b.line[1:]
	}
}

func (b *Bulkhead) giveUp(turn chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.line, turn); i >= 0 {
		b.line = slices.Delete(b.line, i, i+1)
	} else {
		b.wakeLocked()
	}
}
