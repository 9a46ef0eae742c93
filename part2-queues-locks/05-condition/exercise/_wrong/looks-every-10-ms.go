//wrong: sleeps and looks again: no wake-up is lost, but each call that waits goes on late
//want:  does it poll?
//kind:  timing

// Package exercise is yours to mend: there are two bugs in Buffer.
package exercise

import (
	"context"
	"sync"
	"time"
)

// A Buffer holds items between the goroutines that put them and the goroutines
// that get them. It never holds more items than its size.
type Buffer[T any] struct {
	mu    sync.Mutex // guards the below
	items []T
	size  int
}

// New returns an empty Buffer for size items, at least one.
func New[T any](size int) *Buffer[T] {
	return &Buffer[T]{size: size}
}

// Put adds an item, and waits while there is no room.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == b.size && ctx.Err() == nil {
		b.wait(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.items = append(b.items, item)
	return nil
}

// Get removes the item that came first, and waits while there is none.
func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 && ctx.Err() == nil {
		b.wait(ctx)
	}
	if ctx.Err() != nil {
		return item, context.Cause(ctx)
	}
	item, b.items = b.items[0], b.items[1:]
	return item, nil
}

// wait waits until something may have changed.
func (b *Buffer[T]) wait(ctx context.Context) {
	b.mu.Unlock()
	defer b.mu.Lock()
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
	}
}
