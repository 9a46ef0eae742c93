//wrong: looks again after each wake-up, but only for an item or for room: when ctx has ended, it is woken again and again
//want:  ctx has ended, and the call goes round in circles
//kind:  lost cancellation

// Package exercise is yours to mend: there are two bugs in Buffer.
package exercise

import (
	"context"
	"sync"
)

// A Buffer holds items between the goroutines that put them and the goroutines
// that get them. It never holds more items than its size.
type Buffer[T any] struct {
	mu      sync.Mutex // guards the below
	changed *sync.Cond
	items   []T
	size    int
}

// New returns an empty Buffer for size items, at least one.
func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{size: size}
	b.changed = sync.NewCond(&b.mu)
	return b
}

// Put adds an item, and waits while there is no room.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == b.size {
		b.wait(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.items = append(b.items, item)
	b.changed.Broadcast()
	return nil
}

// Get removes the item that came first, and waits while there is none.
func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 {
		b.wait(ctx)
	}
	if ctx.Err() != nil {
		return item, context.Cause(ctx)
	}
	item, b.items = b.items[0], b.items[1:]
	b.changed.Broadcast()
	return item, nil
}

// wait waits for a wake-up. The end of ctx is one, too. It must be sent with the
// lock held: otherwise it could come before the caller waits.
func (b *Buffer[T]) wait(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.changed.Broadcast()
	})
	defer stop()
	b.changed.Wait()
}
