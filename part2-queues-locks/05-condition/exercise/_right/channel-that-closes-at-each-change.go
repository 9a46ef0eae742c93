//right: each call that changes the Buffer closes a channel and makes a new one, and each waiting call selects on it

package exercise

import (
	"container/list"
	"context"
	"sync"
)

type Buffer[T any] struct {
	size int

	mu      sync.Mutex // guards the below
	items   list.List
	changed chan struct{}
}

func New[T any](size int) *Buffer[T] {
	return &Buffer[T]{size: size, changed: make(chan struct{})}
}

// when calls act, which holds the lock, as soon as possible holds.
func (b *Buffer[T]) when(ctx context.Context, possible func() bool, act func()) error {
	for {
		b.mu.Lock()
		if err := context.Cause(ctx); err != nil {
			b.mu.Unlock()
			return err
		}
		if possible() {
			act()
			close(b.changed)
			b.changed = make(chan struct{})
			b.mu.Unlock()
			return nil
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	return b.when(ctx, func() bool { return b.items.Len() < b.size }, func() { b.items.PushBack(item) })
}

func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	err = b.when(ctx, func() bool { return b.items.Len() > 0 }, func() { item = b.items.Remove(b.items.Front()).(T) })
	return item, err
}
