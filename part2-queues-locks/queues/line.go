package queues

import "example.com/asyncio-to-go/part2-queues-locks/internal/line"

// A waiter is a Put or a Get that waits. All but item, done and ready is guarded by the queue's lock.
type waiter[T any] struct {
	item   T               // what a Put brings; what a Get was served
	done   <-chan struct{} // of its ctx
	ready  chan struct{}   // closed when it is called or sent away; made for each wait, so that it belongs to its bubble
	called bool
	served bool // the Put or Get has been done
}

// A waiters holds waiters in the order in which they came. Those that were called are in front of those that were not.
type waiters[T any] struct {
	line   line.Line[waiter[T]]
	next   *line.Place[waiter[T]] // the first that has not been called
	called int                    // how many have been called
}

func (l *waiters[T]) join(item T, done <-chan struct{}) *line.Place[waiter[T]] {
	p := &line.Place[waiter[T]]{Value: waiter[T]{item: item, done: done, ready: make(chan struct{})}}
	l.line.Push(p)
	if l.next == nil {
		l.next = p
	}
	return p
}

// call wakes the next in line until n of them have been called.
func (l *waiters[T]) call(n int) {
	for l.next != nil && l.called < n {
		w := &l.next.Value
		l.next = l.next.Next()
		l.called++
		w.called = true
		close(w.ready)
	}
}

// leave takes p out of the line, wherever in it p is.
func (l *waiters[T]) leave(p *line.Place[waiter[T]]) {
	if p.Value.called {
		l.called--
	}
	if l.next == p {
		l.next = p.Next()
	}
	l.line.Remove(p)
}

// sendAway makes all leave, unserved.
func (l *waiters[T]) sendAway() {
	for p := l.line.First(); p != nil; p = l.line.First() {
		l.leave(p)
		if !p.Value.called {
			close(p.Value.ready)
		}
	}
}
