//wrong: sends the wake-up at the end of ctx without the lock: it may come between the look at ctx and the wait
//want:  Send this wake-up with the lock held
//kind:  race

package exercise

import (
	"context"
	"sync"
)

type Buffer[T any] struct {
	mu     sync.Mutex // guards the below
	room   *sync.Cond
	filled *sync.Cond
	items  []T
	size   int
}

func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{size: size}
	b.room = sync.NewCond(&b.mu)
	b.filled = sync.NewCond(&b.mu)
	return b
}

func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.wait(ctx, b.room, func() bool { return len(b.items) < b.size }); err != nil {
		return err
	}
	b.items = append(b.items, item)
	b.filled.Signal()
	return nil
}

func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.wait(ctx, b.filled, func() bool { return len(b.items) > 0 }); err != nil {
		return item, err
	}
	item, b.items = b.items[0], b.items[1:]
	b.room.Signal()
	return item, nil
}

func (b *Buffer[T]) wait(ctx context.Context, c *sync.Cond, ok func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		c.Broadcast()
	})
	defer stop()
	for !ok() && ctx.Err() == nil {
		c.Wait()
	}
	if ctx.Err() != nil {
		c.Signal()
		return context.Cause(ctx)
	}
	return nil
}
