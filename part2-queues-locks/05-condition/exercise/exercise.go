//want:two Gets waited and one item came

// Package exercise is yours to mend: there are two bugs in Buffer.
package exercise

import (
	"context"
	"sync"
)

// A Buffer holds items between the goroutines that put them and the goroutines
// that get them. It never holds more items than its size.
//
//   - Items leave it in the order in which they came. None is lost, and none
//     comes out twice.
//   - A Put waits only while the Buffer is full, and a Get only while it is empty.
//     A call that can go on does so at that instant; it does not poll. If several
//     calls wait, any of them may be the first to go on, and a call that comes
//     later may overtake them.
//   - If ctx ends at the instant at which a waiting call could go on, either may
//     win. An item or a place that the call does not take is there for another
//     call.
//   - All methods may be called from any goroutine. A Buffer has no goroutine of
//     its own. A call that has returned has left none behind, also while ctx is
//     alive.
type Buffer[T any] struct {
	mu      sync.Mutex // guards the below
	changed *sync.Cond
	items   []T
	size    int
}

// New returns an empty Buffer for size items, at least one.
func New[T any](size int) *Buffer[T] {
	b := &Buffer[T]{size: size}
	b.changed = sync.NewCond(&b.mu)
	return b
}

// Put adds an item, and waits while there is no room. If ctx ends first, or has
// ended before the call, Put returns context.Cause(ctx) at once and adds nothing,
// even if there is room.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) == b.size {
		b.wait(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.items = append(b.items, item)
	b.changed.Signal()
	return nil
}

// Get removes the item that came first and returns it. It waits while there is
// none. If ctx ends first, or has ended before the call, Get returns
// context.Cause(ctx) at once and removes nothing, even if there is an item.
func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) == 0 {
		b.wait(ctx)
	}
	if ctx.Err() != nil {
		return item, context.Cause(ctx)
	}
	item, b.items = b.items[0], b.items[1:]
	b.changed.Signal()
	return item, nil
}

// wait waits for a wake-up. The end of ctx sends one, too, with the lock held:
// without the lock it could come before the caller waits, and be lost.
func (b *Buffer[T]) wait(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.changed.Broadcast()
	})
	defer stop()
	b.changed.Wait()
}
