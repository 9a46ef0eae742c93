package queues

import (
	"context"

	"example.com/asyncio-to-go/part2-queues-locks/internal/line"
)

// How a waiter gets what it waits for.
//
// An item stays in the queue, and a place stays free, until the waiter that it is meant for takes it. When an item comes,
// the first Get in line is called, which means only woken. When that Get runs it is served, unless its ctx has ended; then
// the item is still where it was, in order, and the next Get in line is called for it. So there is nothing to put back.
//
// A new call may come while a called waiter has not run yet. Waiting for that waiter would cost a switch of goroutines for
// each item; going first would be barging, and could bring the items out of order. So the new call first serves the called
// waiters in front of it whose ctx has not ended, and then itself. A waiter that was served in this way has got or put its
// item at that instant, even if its ctx ends before it runs.
//
// For the same reason a Get that would find the queue empty serves the Puts that were called, and a Put that would find
// it full serves the Gets. Hence a Get joins its line only if no Put is in line, and the other way round: one of
// the two lines is always empty.

// put puts item and returns no waiter, or an error; or, if it may wait and has to, the waiter that it left in line.
func (q *Queue[T]) put(item T, done <-chan struct{}, mayWait bool) (*line.Place[waiter[T]], error) {
	q.lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, ErrClosed
	}
	for q.putters.called > 0 {
		q.serveLocked(&q.putters)
	}
	for q.size == q.maxSize && q.getters.called > 0 {
		q.serveLocked(&q.getters)
	}
	if q.size < q.maxSize {
		q.pushLocked(item)
		return nil, nil
	}
	if mayWait {
		return q.putters.join(item, done), nil
	}
	return nil, ErrFull
}

// get takes the next item and returns no waiter, or an error; or, if it may wait and has to, the waiter that it left in line.
func (q *Queue[T]) get(done <-chan struct{}, mayWait bool) (item T, p *line.Place[waiter[T]], err error) {
	q.lock()
	defer q.mu.Unlock()
	for q.getters.called > 0 {
		q.serveLocked(&q.getters)
	}
	for q.size == 0 && q.putters.called > 0 {
		q.serveLocked(&q.putters)
	}
	if q.size > 0 {
		return q.popLocked(), nil, nil
	}
	if q.closed {
		return item, nil, ErrClosed
	}
	if mayWait {
		return item, q.getters.join(item, done), nil
	}
	return item, nil, ErrEmpty
}

// await waits until the waiter at p, which is in line l, has been served or sent away, or its ctx has ended. Afterwards the waiter is in no line.
func (q *Queue[T]) await(ctx context.Context, p *line.Place[waiter[T]], l *waiters[T]) (T, error) {
	w := &p.Value
	select {
	case <-w.ready:
	case <-w.done:
	}
	q.finish(p, l)
	switch {
	case w.served:
		return w.item, nil
	case ended(w.done):
		return w.item, context.Cause(ctx)
	default:
		return w.item, ErrClosed
	}
}

// finish ends the wait of the waiter at p, which has been called or whose ctx has ended.
func (q *Queue[T]) finish(p *line.Place[waiter[T]], l *waiters[T]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if p.In(&l.line) && ended(p.Value.done) {
		l.leave(p)
		q.callLocked()
	}
	for p.In(&l.line) { // it was called, and so were those in front of it
		q.serveLocked(l)
	}
}

// serveLocked serves the first in line l, which has been called, or sends it away if its ctx has ended.
func (q *Queue[T]) serveLocked(l *waiters[T]) {
	p := l.line.First()
	l.leave(p)
	w := &p.Value
	if ended(w.done) {
		q.callLocked()
		return
	}
	w.served = true
	if l == &q.getters {
		w.item = q.popLocked()
	} else {
		q.pushLocked(w.item)
	}
}

func (q *Queue[T]) pushLocked(item T) {
	q.size++
	q.items.push(item)
	q.getters.call(q.size)
}

func (q *Queue[T]) popLocked() T {
	q.size--
	q.open++
	item := q.items.pop()
	q.putters.call(q.maxSize - q.size)
	return item
}

// callLocked calls as many waiters as there are items for Gets and places for Puts.
func (q *Queue[T]) callLocked() {
	q.getters.call(q.size)
	q.putters.call(q.maxSize - q.size)
}

// ended reports whether done is closed, without calling into a ctx while the queue is locked.
func ended(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
