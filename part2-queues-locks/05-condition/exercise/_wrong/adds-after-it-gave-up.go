//wrong: waits in a goroutine: when ctx ends Put returns, and the goroutine adds the item later
//want:  what a Put has started must not add its item when the Put has returned
//kind:  leak

// Package exercise is an answer.
package exercise

import "context"

// A Buffer is a bounded queue.
type Buffer[T any] struct{ items chan T }

// New returns an empty Buffer.
func New[T any](size int) *Buffer[T] { return &Buffer[T]{items: make(chan T, size)} }

// Put adds an item.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	added := make(chan struct{})
	go func() {
		b.items <- item
		close(added)
	}()
	select {
	case <-added:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Get removes an item.
func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	if ctx.Err() != nil {
		return item, context.Cause(ctx)
	}
	select {
	case item = <-b.items:
		return item, nil
	case <-ctx.Done():
		return item, context.Cause(ctx)
	}
}
