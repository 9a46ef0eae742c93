//right: a buffered channel in a select, after a look at ctx

package exercise

import "context"

// A Buffer is a buffered channel.
type Buffer[T any] struct{ items chan T }

// New returns an empty Buffer.
func New[T any](size int) *Buffer[T] { return &Buffer[T]{make(chan T, size)} }

// Put sends.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case b.items <- item:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Get receives.
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
