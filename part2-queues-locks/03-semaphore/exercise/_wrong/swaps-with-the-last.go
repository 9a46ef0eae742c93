//wrong: a call that gives up is replaced by the last in the queue: the order changes
//want:  the second of them gave up at 600ms
//kind:  order

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

type Bulkhead struct {
	mu      sync.Mutex
	free    int
	wait    int
	waiters []chan struct{}
}

func New(run, wait int) *Bulkhead {
	return &Bulkhead{free: run, wait: wait}
}

func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := b.enter(ctx); err != nil {
		return err
	}
	defer b.leave()
	return fn(ctx)
}

func (b *Bulkhead) enter(ctx context.Context) error {
	b.mu.Lock()
	if b.free > 0 && len(b.waiters) == 0 {
		b.free--
		b.mu.Unlock()
		return nil
	}
	if len(b.waiters) >= b.wait {
		b.mu.Unlock()
		return ErrFull
	}
	turn := make(chan struct{})
	b.waiters = append(b.waiters, turn)
	b.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.waiters, turn)
	if i < 0 {
		b.leaveLocked()
		return context.Cause(ctx)
	}
	last := len(b.waiters) - 1
	b.waiters[i] = b.waiters[last]
	b.waiters = b.waiters[:last]
	return context.Cause(ctx)
}

func (b *Bulkhead) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.leaveLocked()
}

func (b *Bulkhead) leaveLocked() {
	if len(b.waiters) == 0 {
		b.free++
		return
	}
	close(b.waiters[0])
	b.waiters = b.waiters[1:]
}
