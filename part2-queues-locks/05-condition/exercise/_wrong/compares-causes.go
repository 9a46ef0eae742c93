//wrong: compares the cause with the one before by !=, which panics on causes of a type that cannot be compared
//want:  == and the key of a map fail on some types
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
	last    error // of the last call that gave up
	ends    int   // different ones
}

func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{size: size}
	b.changed = sync.NewCond(&b.mu)
	return b
}

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
	b.changed.Broadcast()
	return nil
}

func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 && ctx.Err() == nil {
		b.wait(ctx)
	}
	if cause := context.Cause(ctx); cause != nil && cause != b.last {
		b.last = cause
		b.ends++
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
