//wrong: a Get whose ctx has ended puts the item that it took behind the others
//want:  and the next one got
//kind:  order

// Package exercise is yours to mend: there are two bugs in Buffer.
package exercise

import (
	"context"
	"sync"
)

type Buffer[T any] struct {
	rooms, things chan struct{} // tokens
	mu            sync.Mutex
	items         []T
}

func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{rooms: make(chan struct{}, size), things: make(chan struct{}, size)}
	for range size {
		b.rooms <- struct{}{}
	}
	return b
}

func take(ctx context.Context, tokens chan struct{}) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case <-tokens:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	if err := take(ctx, b.rooms); err != nil {
		return err
	}
	b.mu.Lock()
	b.items = append(b.items, item)
	b.mu.Unlock()
	b.things <- struct{}{}
	return nil
}

func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	if err := take(ctx, b.things); err != nil {
		return item, err
	}
	b.mu.Lock()
	item = b.items[0]
	b.items = b.items[1:]
	if ctx.Err() != nil {
		b.items = append(b.items, item)
		b.mu.Unlock()
		b.things <- struct{}{}
		var none T
		return none, context.Cause(ctx)
	}
	b.mu.Unlock()
	b.rooms <- struct{}{}
	return item, nil
}
