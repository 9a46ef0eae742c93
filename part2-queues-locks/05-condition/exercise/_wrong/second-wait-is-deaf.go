//wrong: watches ctx for the first wait only: a call that was woken for nothing waits on and does not hear the end of ctx
//want:  each wait of a call ends when its ctx ends
//kind:  lost cancellation

// Package exercise is an answer.
package exercise

import (
	"context"
	"sync"
)

// A Buffer is a bounded queue.
type Buffer[T any] struct {
	mu      sync.Mutex // guards the below
	changed *sync.Cond
	items   []T
	size    int
}

// New returns an empty Buffer.
func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{size: size}
	b.changed = sync.NewCond(&b.mu)
	return b
}

// Put adds an item.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.until(ctx, func() bool { return len(b.items) < b.size }); err != nil {
		return err
	}
	b.items = append(b.items, item)
	b.changed.Broadcast()
	return nil
}

// Get removes an item.
func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.until(ctx, func() bool { return len(b.items) > 0 }); err != nil {
		return item, err
	}
	item = b.items[0]
	b.items = b.items[1:]
	b.changed.Broadcast()
	return item, nil
}

func (b *Buffer[T]) until(ctx context.Context, ok func() bool) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if ok() {
		return nil
	}
	stop := context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.changed.Broadcast()
	})
	b.changed.Wait()
	stop()
	for !ok() && ctx.Err() == nil {
		b.changed.Wait()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
