// Package line has the queue in which goroutines wait: first come, first served, and each may leave from any place.
package line

// A Line holds places in the order in which they came. The zero value is empty. It has no lock: its owner's mutex guards it and its places.
type Line[T any] struct {
	first, last *Place[T]
}

// A Place is where one goroutine waits. It is in one line at most.
type Place[T any] struct {
	Value T

	line       *Line[T] // nil once it has left
	prev, next *Place[T]
}

// Push puts p, which is in no line, at the end.
func (l *Line[T]) Push(p *Place[T]) {
	p.line, p.prev = l, l.last
	if l.last == nil {
		l.first = p
	} else {
		l.last.next = p
	}
	l.last = p
}

// First returns the place that came first, or nil if the line is empty.
func (l *Line[T]) First() *Place[T] { return l.first }

// Next returns the place behind p, or nil if p is the last or in no line.
func (p *Place[T]) Next() *Place[T] { return p.next }

// In tells whether p is in l.
func (p *Place[T]) In(l *Line[T]) bool { return p.line == l }

// Pop takes the first place out of the line and returns it, or nil if the line is empty.
func (l *Line[T]) Pop() *Place[T] {
	p := l.first
	if p != nil {
		l.Remove(p)
	}
	return p
}

// Remove takes p out of the line, wherever in it p is, and tells whether it was there. The cost is the same for each place, so that many
// waiters that give up at once do not hold up the rest. p keeps no pointer to the line.
func (l *Line[T]) Remove(p *Place[T]) bool {
	if p.line != l {
		return false
	}
	if p.prev == nil {
		l.first = p.next
	} else {
		p.prev.next = p.next
	}
	if p.next == nil {
		l.last = p.prev
	} else {
		p.next.prev = p.prev
	}
	p.line, p.prev, p.next = nil, nil, nil
	return true
}
