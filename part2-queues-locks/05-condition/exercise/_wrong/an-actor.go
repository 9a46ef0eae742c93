//wrong: the Buffer has a goroutine of its own, which never ends
//want:  leak: New, a Put and a Get have returned
//kind:  leak

// Package exercise is an answer.
package exercise

import "context"

// A Buffer is a bounded queue.
type Buffer[T any] struct {
	puts chan T
	gets chan T
}

// New returns an empty Buffer.
func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{puts: make(chan T), gets: make(chan T)}
	go b.run(size)
	return b
}

func (b *Buffer[T]) run(size int) {
	var items []T
	for {
		puts, gets := b.puts, b.gets
		var first T
		if len(items) == size {
			puts = nil
		}
		if len(items) == 0 {
			gets = nil
		} else {
			first = items[0]
		}
		select {
		case item := <-puts:
			items = append(items, item)
		case gets <- first:
			items = items[1:]
		}
	}
}

// Put adds an item.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case b.puts <- item:
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
	case item = <-b.gets:
		return item, nil
	case <-ctx.Done():
		return item, context.Cause(ctx)
	}
}
