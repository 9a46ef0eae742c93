//wrong: does not call the stop of context.AfterFunc: ctx keeps one function for each wait until it ends
//want:  context.AfterFunc, whose stop was not called
//kind:  leak

// Package exercise is yours to mend: there are two bugs in Buffer.
package exercise

import (
	"context"
	"sync"
)

// A Buffer holds items between the goroutines that put them and the goroutines
// that get them. It never holds more items than its size.
type Buffer[T any] struct {
	mu       sync.Mutex // guards the below
	notFull  *sync.Cond // where each Put waits
	notEmpty *sync.Cond // where each Get waits
	items    []T
	size     int
}

// New returns an empty Buffer for size items, at least one.
func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{size: size}
	b.notFull, b.notEmpty = sync.NewCond(&b.mu), sync.NewCond(&b.mu)
	return b
}

// Put adds an item, and waits while there is no room.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == b.size && ctx.Err() == nil {
		b.wait(ctx, b.notFull)
	}
	if ctx.Err() != nil {
		b.notFull.Signal() // a wake-up for the room, if it was one, is for another Put
		return context.Cause(ctx)
	}
	b.items = append(b.items, item)
	b.notEmpty.Signal()
	return nil
}

// Get removes the item that came first, and waits while there is none.
func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.items) == 0 && ctx.Err() == nil {
		b.wait(ctx, b.notEmpty)
	}
	if ctx.Err() != nil {
		b.notEmpty.Signal() // a wake-up for an item, if it was one, is for another Get
		return item, context.Cause(ctx)
	}
	item = b.items[0]
	clear(b.items[:1]) // or the array would keep what the item refers to
	b.items = b.items[1:]
	b.notFull.Signal()
	return item, nil
}

// wait waits for a wake-up. The end of ctx sends one, too, to each call that
// waits: Signal would wake the call that has waited longest, whose ctx may be
// alive. The lock is held meanwhile: without it the wake-up could come before
// the caller waits, and be lost.
func (b *Buffer[T]) wait(ctx context.Context, c *sync.Cond) {
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		c.Broadcast()
	})
	c.Wait()
}
