//wrong: a Put whose item was taken as its ctx ended returns the cause, although the item is in
//want:  and yet its item is in the Buffer
//kind:  contract

package exercise

import (
	"context"
	"slices"
	"sync"
)

type put[T any] struct {
	item T
	done chan struct{}
}

type Buffer[T any] struct {
	mu    sync.Mutex
	items []T
	size  int
	puts  []*put[T]
	gets  []chan T
}

func New[T any](size int) *Buffer[T] { return &Buffer[T]{size: size} }

func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	if len(b.gets) > 0 {
		b.gets[0] <- item
		b.gets = b.gets[1:]
		b.mu.Unlock()
		return nil
	}
	if len(b.items) < b.size {
		b.items = append(b.items, item)
		b.mu.Unlock()
		return nil
	}
	p := &put[T]{item, make(chan struct{})}
	b.puts = append(b.puts, p)
	b.mu.Unlock()
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		b.mu.Lock()
		defer b.mu.Unlock()
		if i := slices.Index(b.puts, p); i >= 0 {
			b.puts = slices.Delete(b.puts, i, i+1)
		}
		return context.Cause(ctx)
	}
}

func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	if ctx.Err() != nil {
		return item, context.Cause(ctx)
	}
	b.mu.Lock()
	if len(b.puts) > 0 {
		p := b.puts[0]
		b.puts = b.puts[1:]
		item, b.items = b.items[0], append(b.items[1:], p.item)
		close(p.done)
		b.mu.Unlock()
		return item, nil
	}
	if len(b.items) > 0 {
		item, b.items = b.items[0], b.items[1:]
		b.mu.Unlock()
		return item, nil
	}
	c := make(chan T, 1)
	b.gets = append(b.gets, c)
	b.mu.Unlock()
	select {
	case item = <-c:
		return item, nil
	case <-ctx.Done():
		b.mu.Lock()
		defer b.mu.Unlock()
		if i := slices.Index(b.gets, c); i >= 0 {
			b.gets = slices.Delete(b.gets, i, i+1)
			return item, context.Cause(ctx)
		}
		return <-c, nil
	}
}
