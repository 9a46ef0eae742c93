package queues

// An order holds the queued items and knows which one leaves first. A slot that an item has left does not keep it alive.
type order[T any] interface {
	push(item T)
	pop() T // only if there is one
	clear()
}

const (
	start = 8  // the slots that the first item makes
	keep  = 64 // a buffer up to this size is kept; a larger one is halved when three quarters of it are empty
)

// fifo is a ring whose length is a power of two.
type fifo[T any] struct {
	slots []T
	head  int // where the first one is
	size  int
}

func (f *fifo[T]) push(item T) {
	if f.size == len(f.slots) {
		f.resize(max(start, 2*f.size))
	}
	f.slots[(f.head+f.size)&(len(f.slots)-1)] = item
	f.size++
}

func (f *fifo[T]) pop() T {
	var none T
	item := f.slots[f.head]
	f.slots[f.head] = none
	f.head = (f.head + 1) & (len(f.slots) - 1)
	f.size--
	if len(f.slots) > keep && f.size <= len(f.slots)/4 {
		f.resize(len(f.slots) / 2)
	}
	return item
}

func (f *fifo[T]) resize(n int) {
	slots := make([]T, n)
	k := copy(slots[:f.size], f.slots[f.head:])
	copy(slots[k:f.size], f.slots)
	f.slots, f.head = slots, 0
}

func (f *fifo[T]) clear() { *f = fifo[T]{} }

// lifo is a stack.
type lifo[T any] struct{ items []T }

func (l *lifo[T]) push(item T) { l.items = append(l.items, item) }

func (l *lifo[T]) pop() T {
	item := l.items[len(l.items)-1]
	l.items = dropLast(l.items)
	return item
}

func (l *lifo[T]) clear() { l.items = nil }

// priority is a binary heap. Each item has a number, so that equal ones leave in the order in which they came; a heap
// alone does not keep it (nor does asyncio's).
type priority[T any] struct {
	less  func(a, b T) bool
	heap  []numbered[T]
	count uint64
}

type numbered[T any] struct {
	item   T
	number uint64
}

func (p *priority[T]) push(item T) {
	p.heap = append(p.heap, numbered[T]{item, p.count})
	p.count++
	for i := len(p.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !p.before(i, parent) {
			return
		}
		p.swap(i, parent)
		i = parent
	}
}

func (p *priority[T]) pop() T {
	item := p.heap[0].item
	p.swap(0, len(p.heap)-1)
	p.heap = dropLast(p.heap)
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(p.heap); child++ {
			if p.before(child, least) {
				least = child
			}
		}
		if least == i {
			return item
		}
		p.swap(i, least)
		i = least
	}
}

func (p *priority[T]) clear() { p.heap = nil }

func (p *priority[T]) before(i, j int) bool {
	a, b := p.heap[i], p.heap[j]
	return p.less(a.item, b.item) || a.number < b.number && !p.less(b.item, a.item)
}

func (p *priority[T]) swap(i, j int) { p.heap[i], p.heap[j] = p.heap[j], p.heap[i] }

// dropLast clears the last slot and shrinks what has become too large.
func dropLast[E any](s []E) []E {
	clear(s[len(s)-1:])
	s = s[:len(s)-1]
	if cap(s) > keep && len(s) <= cap(s)/4 {
		s = append(make([]E, 0, cap(s)/2), s...)
	}
	return s
}
