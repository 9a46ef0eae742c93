//wrong: a call whose ctx ends as its turn comes frees the place, but gives it to no call that waits
//want:  a place is lost: this call waits although no other call runs any more
//kind:  lost cancellation

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
	mu    sync.Mutex
	free  int
	wait  int
	queue []chan struct{}
}

// New returns a Bulkhead.
func New(run, wait int) *Bulkhead { return &Bulkhead{free: run, wait: wait} }

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	switch {
	case b.free > 0:
		b.free--
		b.mu.Unlock()
	case len(b.queue) == b.wait:
		b.mu.Unlock()
		return ErrFull
	default:
		turn := make(chan struct{})
		b.queue = append(b.queue, turn)
		b.mu.Unlock()
		select {
		case <-turn:
		case <-ctx.Done():
			b.mu.Lock()
			i := slices.Index(b.queue, turn)
			if i < 0 {
				b.free++
				b.mu.Unlock()
				return context.Cause(ctx)
			}
			b.queue = slices.Delete(b.queue, i, i+1)
			b.mu.Unlock()
			return context.Cause(ctx)
		}
	}
	defer b.leave()
	return fn(ctx)
}

func (b *Bulkhead) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		b.free++
		return
	}
	close(b.queue[0])
	b.queue = b.queue[1:]
}
