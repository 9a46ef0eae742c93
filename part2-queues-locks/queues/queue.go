// Package queues has what asyncio.Queue has and a channel has not: no limit if none is wanted, three orders, Join,
// and a Close that anyone may call. Where a channel of fixed size that its sender closes is enough, use the channel.
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

// A Queue hands items from the goroutines that put them to those that get them: asyncio.Queue, LifoQueue and
// PriorityQueue (CPython's Lib/asyncio/queues.py), with the shutdown of Python 3.13. It is made by [New], [NewLIFO] or
// [NewPriority]; any call on a zero Queue panics. It must not be copied.
//
// Any number of goroutines may call any method at any time. A Put happens before the Get that returns its item, and a
// TaskDone happens before the return of the Join that it releases, in the terms of the Go memory model.
//
// Waiting Puts, and waiting Gets, are served first come, first served. Nobody barges: a TryPut or TryGet does not
// overtake one that waits either. A call whose ctx ends while it waits leaves the line, has put or taken nothing, and
// what it had been woken for goes to the next in line. (Once others depend on what a woken waiter does, it is served before
// it runs; then it has what it came for, even if its ctx ends in that moment.)
//
// The operations are linearizable: each takes effect at one instant between its call and its return, and those that
// return an error of their ctx have no effect at all.
type Queue[T any] struct {
	maxSize int // math.MaxInt where there is no limit

	mu      sync.Mutex // guards all below
	items   order[T]
	size    int           // how many are in items
	open    int           // how many have been got and not yet marked done
	closed  bool          // no more puts
	idle    chan struct{} // closed when nothing is unfinished any more; nil while nobody has asked
	getters waiters[T]    // at most one of
	putters waiters[T]    // the two is not empty
}

// New returns a queue whose items leave in the order in which they came (asyncio.Queue). It holds up to maxSize items;
// there is no limit if maxSize is 0 or less, so New(0) is not the like of an unbuffered channel.
func New[T any](maxSize int) *Queue[T] {
	return newQueue(maxSize, &fifo[T]{})
}

// NewLIFO returns a queue whose latest item leaves first (asyncio.LifoQueue). For maxSize see [New].
func NewLIFO[T any](maxSize int) *Queue[T] {
	return newQueue(maxSize, &lifo[T]{})
}

// NewPriority returns a queue whose least item leaves first (asyncio.PriorityQueue); of equal ones, neither less than the
// other, the one that came first. For maxSize see [New].
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

// Put puts item into the queue, as the coroutine of the same name does. While the queue is full it waits: until it is
// served, or the queue is closed, then it returns [ErrClosed], or ctx ends, then it returns ctx's cause. With an error
// it has put nothing. If ctx has already ended it puts nothing, even where there is room, and returns the cause, even
// where the queue is closed.
func (q *Queue[T]) Put(ctx context.Context, item T) error {
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

// TryPut is [Queue.Put] that never waits (asyncio's put_nowait): where Put would wait it returns [ErrFull].
func (q *Queue[T]) TryPut(item T) error {
	_, err := q.put(item, nil, false)
	return err
}

// Get takes the next item out of the queue, as the coroutine of the same name does. While the queue is empty it waits:
// until it is served, or the queue is closed, then it returns [ErrClosed], or ctx ends, then it returns ctx's cause.
// With an error it has taken nothing. If ctx has already ended it takes nothing, even where there is an item, and
// returns the cause, even where the queue is closed. A queue that was closed gives out what is left before ErrClosed.
// A Get that waited takes the item that is next when it is served, not the one that it was woken for.
//
// For each item that it got the caller owes one [Queue.TaskDone] if anyone uses [Queue.Join].
func (q *Queue[T]) Get(ctx context.Context) (T, error) {
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

// TryGet is [Queue.Get] that never waits (asyncio's get_nowait): where Get would wait it returns [ErrEmpty].
func (q *Queue[T]) TryGet() (T, error) {
	item, _, err := q.get(nil, false)
	return item, err
}

// Len returns how many items are queued: put, and not yet got (asyncio's qsize). Those of waiting Puts do not count.
func (q *Queue[T]) Len() int {
	q.lock()
	defer q.mu.Unlock()
	return q.size
}

// lock locks the queue; it panics if the queue was not made by a constructor.
func (q *Queue[T]) lock() {
	if q.items == nil {
		panic("queues: use of a Queue that was not made by New, NewLIFO or NewPriority")
	}
	q.mu.Lock()
}
