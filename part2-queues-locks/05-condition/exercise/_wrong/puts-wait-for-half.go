//wrong: a Put that has waited goes on only when the Buffer is half empty
//want:  one free place is room
//kind:  contract

package exercise

import (
	"context"
	"sync"
)

type Buffer[T any] struct {
	mu      sync.Mutex // guards the below
	changed *sync.Cond
	items   []T
	size    int
}

func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{size: size}
	b.changed = sync.NewCond(&b.mu)
	return b
}

func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for full := false; (len(b.items) == b.size || full && len(b.items) > b.size/2) && ctx.Err() == nil; {
		full = b.size > 4
		b.wait(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.items = append(b.items, item)
	b.changed.Broadcast()
	return nil
}

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
	b.changed.Broadcast()
	return item, nil
}

func (b *Buffer[T]) wait(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.changed.Broadcast()
	})
	defer stop()
	b.changed.Wait()
}
