package queues

import (
	"context"
	"iter"
)

// TaskDone marks one item that was got as done (asyncio's task_done). The goroutine that got an item calls TaskDone once, when
// it has finished with the item. TaskDone panics if every item that was got has been marked done.
func (q *Queue[T]) TaskDone() {
	q.lock()
	defer q.mu.Unlock()
	if q.open == 0 {
		panic("queues: TaskDone called more often than an item was got")
	}
	q.open--
	q.releaseLocked()
}

// Join waits until every item put has been marked done: at one instant no item is queued, and each item that was got has had
// its [Queue.TaskDone]. Then Join returns nil, even if there is more to do by the time it returns. If ctx ends first, Join
// returns [context.Cause] of ctx. Where nothing is unfinished it returns nil, even if ctx has ended. Any number of goroutines
// may call Join, any number of times. Join does not close the queue, and does not count a Put that still waits.
func (q *Queue[T]) Join(ctx context.Context) error {
	check(ctx, "Join")
	idle := q.whenIdle()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	if ended(idle) {
		return nil
	}
	return context.Cause(ctx)
}

// Close lets no more items in: every Put that waits or comes later returns [ErrClosed]. What is queued can still be
// got; when that has run out, every Get that waits or comes later returns ErrClosed too (asyncio's shutdown). Any goroutine
// may call Close; a second Close has no effect. Close does not wait until the queue is empty: that is what [Queue.Join] is for.
func (q *Queue[T]) Close() {
	q.lock()
	defer q.mu.Unlock()
	q.closeLocked()
}

// CloseNow is a [Queue.Close] that also drops what is queued; each dropped item counts as done (asyncio's
// shutdown(immediate=True)). Items that were got before still need their TaskDone. CloseNow may be called after Close.
func (q *Queue[T]) CloseNow() {
	q.lock()
	defer q.mu.Unlock()
	q.getters.sendAway() // first, or Close would serve those that were called
	q.items.clear()
	q.size = 0
	q.closeLocked()
	q.releaseLocked()
}

// All returns a loop over the items, as Get returns them. The loop ends when the queue is closed and empty, or when ctx ends;
// ctx.Err tells which of the two it was. Each item is marked done after the loop's body, also when the body breaks, returns or
// panics, so the body must not call [Queue.TaskDone]. Items that the loop does not reach stay in the queue. Several loops may
// share a queue.
func (q *Queue[T]) All(ctx context.Context) iter.Seq[T] {
	check(ctx, "All")
	return func(yield func(T) bool) {
		for {
			item, err := q.Get(ctx)
			if err != nil || !q.handle(item, yield) {
				return
			}
		}
	}
}

func (q *Queue[T]) handle(item T, yield func(T) bool) bool {
	defer q.TaskDone()
	return yield(item)
}

// closeLocked serves the Gets that were woken for an item: if they left without it, the item might never be got.
func (q *Queue[T]) closeLocked() {
	for q.getters.called > 0 {
		q.serveLocked(&q.getters)
	}
	q.closed = true
	q.getters.sendAway()
	q.putters.sendAway()
}

// whenIdle returns a channel that is closed as soon as nothing is unfinished.
func (q *Queue[T]) whenIdle() <-chan struct{} {
	q.lock()
	defer q.mu.Unlock()
	if q.idle == nil {
		q.idle = make(chan struct{})
	}
	idle := q.idle
	q.releaseLocked()
	return idle
}

func (q *Queue[T]) releaseLocked() {
	if q.idle != nil && q.size+q.open == 0 {
		close(q.idle)
		q.idle = nil
	}
}
