package queues

// A waiter is a Put or a Get that waits. All but item, done and ready is guarded by the queue's lock.
type waiter[T any] struct {
	item  T               // what a Put brings; what a Get was served
	done  <-chan struct{} // of its ctx
	ready chan struct{}   // closed when it is called or sent away; made for each wait, so that it belongs to its bubble

	inLine bool
	called bool
	served bool // the Put or Get has been done

	before, after *waiter[T]
}

// A line holds waiters in the order in which they came. Those called stand in front of those who are not.
type line[T any] struct {
	first, last *waiter[T]
	next        *waiter[T] // the first that has not been called
	called      int        // how many have been called
}

func (l *line[T]) join(item T, done <-chan struct{}) *waiter[T] {
	w := &waiter[T]{item: item, done: done, ready: make(chan struct{}), inLine: true, before: l.last}
	if l.last == nil {
		l.first = w
	} else {
		l.last.after = w
	}
	l.last = w
	if l.next == nil {
		l.next = w
	}
	return w
}

// call wakes the next in line until n of them have been called.
func (l *line[T]) call(n int) {
	for l.next != nil && l.called < n {
		w := l.next
		l.next = w.after
		l.called++
		w.called = true
		close(w.ready)
	}
}

// leave takes w out of the line, wherever in it w stands, and keeps no pointer to it.
func (l *line[T]) leave(w *waiter[T]) {
	if w.called {
		l.called--
	}
	if l.next == w {
		l.next = w.after
	}
	if w.before == nil {
		l.first = w.after
	} else {
		w.before.after = w.after
	}
	if w.after == nil {
		l.last = w.before
	} else {
		w.after.before = w.before
	}
	w.before, w.after, w.inLine = nil, nil, false
}

// sendAway makes all leave, unserved.
func (l *line[T]) sendAway() {
	for w := l.first; w != nil; w = l.first {
		l.leave(w)
		if !w.called {
			close(w.ready)
		}
	}
}
