package locks

// A waiter is one call that waits for a Lock, or for a Condition first and then for its Lock.
type waiter struct {
	ready      chan struct{} // closed when the waiter has been given the Lock
	line       *line         // where it stands; nil once it has been served or has left
	prev, next *waiter
}

func newWaiter() *waiter {
	return &waiter{ready: make(chan struct{})}
}

// A line is served from the front. Whoever gives up leaves it from any place at the same small cost, so that many who give
// up at once do not hold up the rest.
type line struct {
	first, last *waiter
}

func (l *line) push(w *waiter) {
	w.line, w.prev = l, l.last
	if l.last == nil {
		l.first = w
	} else {
		l.last.next = w
	}
	l.last = w
}

// pop returns nil where nobody waits.
func (l *line) pop() *waiter {
	w := l.first
	if w != nil {
		l.remove(w)
	}
	return w
}

// remove reports whether w stood in this line.
func (l *line) remove(w *waiter) bool {
	if w.line != l {
		return false
	}
	if w.prev == nil {
		l.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		l.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.line, w.prev, w.next = nil, nil, nil
	return true
}
