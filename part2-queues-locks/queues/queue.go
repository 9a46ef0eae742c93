// Package queues has what asyncio.Queue offers and a channel does not: no limit if none is wanted, three orders, Join,
// and a Close that any goroutine may call. Where a channel of fixed size that its sender closes is enough, use the channel.
package queues

import (
	"context"
	"errors"
	"math"
	"sync"
)

// What a caller may have to handle; compare with errors.Is.
var (
	ErrFull   = errors.New("queues: the queue is full")   // asyncio.QueueFull
	ErrEmpty  = errors.New("queues: the queue is empty")  // asyncio.QueueEmpty
	ErrClosed = errors.New("queues: the queue is closed") // asyncio.QueueShutDown
)

// A Queue passes items from the goroutines that put them to the goroutines that get them: asyncio.Queue, LifoQueue and
// PriorityQueue (CPython's Lib/asyncio/queues.py), with the shutdown of Python 3.13. Make one with [New], [NewLIFO] or
// [NewPriority]; any call on a zero Queue, or with a nil context, panics. A Queue must not be copied.
//
// Any number of goroutines may call any method at any time. A Put happens before the Get that returns its item, and a
// TaskDone happens before the return of the Join that it releases, in the terms of the Go memory model.
//
// Waiting Puts, and waiting Gets, are served first come, first served. No later call overtakes a waiter, not even a TryPut
// or TryGet. A call whose ctx ends while it waits leaves the line and has put or taken nothing; what it had been woken for
// goes to the next in line. (A later call may serve the waiters that were woken before it, before they run. Such a waiter
// has its item, even if its ctx ends in that moment.)
//
// The operations are linearizable: each takes effect at one instant between its call and its return. A call that returns
// the cause of its ctx has no effect at all.
type Queue[T any] struct {
	maxSize int // math.MaxInt where there is no limit

	mu      sync.Mutex // guards all below
	items   order[T]
	size    int           // how many are in items
	open    int           // how many have been got and not yet marked done
	closed  bool          // no more puts
	idle    chan struct{} // closed when nothing is unfinished any more; nil until a Join asks for it
	getters waiters[T]    // one of the two lines
	putters waiters[T]    // is always empty
}

// New returns a queue whose items leave in the order in which they came (asyncio.Queue). It holds up to maxSize items;
// there is no limit if maxSize is 0 or less, so New(0) is not like an unbuffered channel.
func New[T any](maxSize int) *Queue[T] {
	return newQueue(maxSize, &fifo[T]{})
}

// NewLIFO returns a queue whose latest item leaves first (asyncio.LifoQueue). For maxSize see [New].
func NewLIFO[T any](maxSize int) *Queue[T] {
	return newQueue(maxSize, &lifo[T]{})
}

// NewPriority returns a queue whose least item leaves first (asyncio.PriorityQueue). Equal items, none of which is less than
// the other, leave in the order in which they came. For maxSize see [New].
//
// less is called while the queue is locked, by any goroutine that uses the queue: it must be quick, and neither call the
// queue nor panic. NewPriority panics if less is nil.
func NewPriority[T any](maxSize int, less func(a, b T) bool) *Queue[T] {
	if less == nil {
		panic("queues: NewPriority without a less")
	}
	return newQueue(maxSize, &priority[T]{less: less})
}

func newQueue[T any](maxSize int, items order[T]) *Queue[T] {
	if maxSize <= 0 {
		maxSize = math.MaxInt
	}
	return &Queue[T]{maxSize: maxSize, items: items}
}

// Put puts item into the queue (asyncio's put). While the queue is full, Put waits. The wait ends early when the queue is
// closed: Put returns [ErrClosed]; and when ctx ends: Put returns [context.Cause] of ctx. If Put returns an error, it has put
// nothing. On a ctx that has already ended Put returns the cause, even if there is room or the queue is closed.
func (q *Queue[T]) Put(ctx context.Context, item T) error {
	check(ctx, "Put")
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	w, err := q.put(item, ctx.Done(), true)
	if w == nil {
		return err
	}
	_, err = q.await(ctx, w, &q.putters)
	return err
}

// TryPut is a [Queue.Put] that never waits (asyncio's put_nowait): where Put would wait, TryPut returns [ErrFull].
func (q *Queue[T]) TryPut(item T) error {
	_, err := q.put(item, nil, false)
	return err
}

// Get takes the next item out of the queue (asyncio's get). While the queue is empty, Get waits. The wait ends early when the
// queue is closed: Get returns [ErrClosed]; and when ctx ends: Get returns [context.Cause] of ctx. If Get returns an error, it
// has taken nothing. On a ctx that has already ended Get returns the cause, even if there is an item or the queue is closed.
//
// A closed queue gives out what is left before ErrClosed. A Get that waited takes the item that is next when it is served,
// which need not be the item that it was woken for.
//
// Where [Queue.Join] is used, the caller owes one [Queue.TaskDone] for each item that it got.
func (q *Queue[T]) Get(ctx context.Context) (T, error) {
	check(ctx, "Get")
	if ctx.Err() != nil {
		var none T
		return none, context.Cause(ctx)
	}
	item, w, err := q.get(ctx.Done(), true)
	if w == nil {
		return item, err
	}
	return q.await(ctx, w, &q.getters)
}

// TryGet is a [Queue.Get] that never waits (asyncio's get_nowait): where Get would wait, TryGet returns [ErrEmpty].
func (q *Queue[T]) TryGet() (T, error) {
	item, _, err := q.get(nil, false)
	return item, err
}

// Len returns how many items are queued: put, and not yet got (asyncio's qsize). The items of waiting Puts do not count.
func (q *Queue[T]) Len() int {
	q.lock()
	defer q.mu.Unlock()
	return q.size
}

func check(ctx context.Context, call string) {
	if ctx == nil {
		panic("queues: " + call + " with a nil context")
	}
}

// lock locks the queue; it panics if the queue was not made by a constructor.
func (q *Queue[T]) lock() {
	if q.items == nil {
		panic("queues: use of a Queue that was not made by New, NewLIFO or NewPriority")
	}
	q.mu.Lock()
}
