package mayhem

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"sync"
	"time"
)

// A DeadLetter is a message that was rejected, and why.
type DeadLetter struct {
	Message
	Tries  int
	Reason error
}

// A MemoryBroker is a [Broker] in memory. Every message in it is due at some time: at once when it is published, at its deadline when
// it is handed out, after the delay when it is nacked. Receive takes what is due, the longest due first. So a message whose
// deadline passes becomes available by itself, and the broker has no goroutine of its own.
//
// MemoryBrokers are made by [NewMemoryBroker]. Dead letters are never dropped.
type MemoryBroker struct {
	ackWait  time.Duration
	capacity int

	mu      sync.Mutex // guards what follows
	letters letters    // all that are not settled
	pushes  uint64
	dead    []DeadLetter
	closed  bool
	changed chan struct{} // closed when the waiters have to look again; nil while there are none
}

// NewMemoryBroker returns an empty broker. Deliveries hold for ackWait; NewMemoryBroker panics unless that is positive. The broker has
// room for capacity messages, handed out or not; capacity <= 0 is no limit.
func NewMemoryBroker(ackWait time.Duration, capacity int) *MemoryBroker {
	if ackWait <= 0 {
		panic("mayhem: NewMemoryBroker with deliveries that never hold")
	}
	return &MemoryBroker{ackWait: ackWait, capacity: capacity}
}

// Publish adds a message. While the broker is full it waits for room. If ctx ends first, Publish returns its cause ([context.Cause]) and
// has added nothing. After Close, and when Close ends its wait, it returns [ErrClosed].
func (b *MemoryBroker) Publish(ctx context.Context, m Message) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b.mu.Lock()
		if b.closed {
			b.mu.Unlock()
			return ErrClosed
		}
		if b.capacity <= 0 || len(b.letters) < b.capacity {
			b.pushes++
			heap.Push(&b.letters, &letter{Message: m, due: time.Now(), order: b.pushes})
			b.wakeLocked()
			b.mu.Unlock()
			return nil
		}
		changed := b.changedLocked()
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// Close says that no more messages come. What is in the broker is still delivered; when all of it is settled, Receive returns
// [ErrClosed]. Close does not wait for that. A second Close has no effect.
func (b *MemoryBroker) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.wakeLocked()
}

// Receive implements [Broker]. Several waiting calls get messages in no particular order.
func (b *MemoryBroker) Receive(ctx context.Context) (Delivery, error) {
	for {
		if ctx.Err() != nil {
			return Delivery{}, context.Cause(ctx)
		}
		b.mu.Lock()
		if b.closed && len(b.letters) == 0 {
			b.mu.Unlock()
			return Delivery{}, ErrClosed
		}
		wait := time.Duration(-1) // until something changes
		if len(b.letters) > 0 {
			l := b.letters[0]
			if wait = time.Until(l.due); wait <= 0 {
				l.deliveries++
				l.out = true
				b.dueLocked(l, b.ackWait)
				d := Delivery{Message: l.Message, Try: l.failed + 1, Receipt: receipt{b, l, l.deliveries}}
				b.mu.Unlock()
				return d, nil
			}
		}
		changed := b.changedLocked()
		b.mu.Unlock()
		sleep(ctx, wait, changed)
	}
}

// sleep returns after d, unless that is negative, when changed is closed or when ctx ends.
func sleep(ctx context.Context, d time.Duration, changed <-chan struct{}) {
	var due <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
	case <-changed:
	case <-ctx.Done():
	}
}

// Extend implements [Broker].
func (b *MemoryBroker) Extend(_ context.Context, d Delivery) error {
	return b.withHeld(d, func(l *letter) { b.dueLocked(l, b.ackWait) })
}

// Ack implements [Broker].
func (b *MemoryBroker) Ack(_ context.Context, d Delivery) error {
	return b.withHeld(d, b.removeLocked)
}

// Nack implements [Broker].
func (b *MemoryBroker) Nack(_ context.Context, d Delivery, delay time.Duration, failed error) error {
	return b.withHeld(d, func(l *letter) {
		if failed != nil {
			l.failed++
		}
		l.out = false
		b.dueLocked(l, max(0, delay))
		b.wakeLocked()
	})
}

// Reject implements [Broker].
func (b *MemoryBroker) Reject(_ context.Context, d Delivery, reason error) error {
	return b.withHeld(d, func(l *letter) {
		b.removeLocked(l)
		b.dead = append(b.dead, DeadLetter{Message: l.Message, Tries: l.failed + 1, Reason: reason})
	})
}

// Len returns how many messages are not settled: those that wait and those that are handed out.
func (b *MemoryBroker) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.letters)
}

// DeadLetters returns what was rejected, in order.
func (b *MemoryBroker) DeadLetters() []DeadLetter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.dead)
}

// withHeld calls fn, with mu held, on the letter of a delivery that still holds.
func (b *MemoryBroker) withHeld(d Delivery, fn func(*letter)) error {
	r, ok := d.Receipt.(receipt)
	if !ok || r.broker != b {
		panic("mayhem: a delivery of another broker")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l := r.letter
	if l.index == gone || !l.out || l.deliveries != r.delivery || !time.Now().Before(l.due) {
		return ErrLost
	}
	fn(l)
	return nil
}

func (b *MemoryBroker) dueLocked(l *letter, in time.Duration) {
	b.pushes++
	l.due, l.order = time.Now().Add(in), b.pushes
	heap.Fix(&b.letters, l.index)
}

func (b *MemoryBroker) removeLocked(l *letter) {
	heap.Remove(&b.letters, l.index)
	b.wakeLocked()
}

func (b *MemoryBroker) changedLocked() <-chan struct{} {
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}

func (b *MemoryBroker) wakeLocked() {
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}

// A letter is a message in the broker. The broker's mutex guards it.
type letter struct {
	Message
	deliveries int       // how often it was handed out
	failed     int       // how many attempts have failed
	out        bool      // handed out and not given back; its deadline may have passed
	due        time.Time // when it is handed out next
	order      uint64    // among those due at one time
	index      int       // in the heap, or gone
}

const gone = -1

type receipt struct {
	broker   *MemoryBroker
	letter   *letter
	delivery int
}

// letters is a heap, the longest due first.
type letters []*letter

func (s letters) Len() int { return len(s) }

func (s letters) Less(i, j int) bool {
	return cmp.Or(s[i].due.Compare(s[j].due), cmp.Compare(s[i].order, s[j].order)) < 0
}

func (s letters) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].index, s[j].index = i, j
}

// Push is for container/heap.
func (s *letters) Push(x any) {
	l := x.(*letter)
	l.index = len(*s)
	*s = append(*s, l)
}

// Pop is for container/heap.
func (s *letters) Pop() any {
	last := len(*s) - 1
	l := (*s)[last]
	(*s)[last] = nil // or the array would keep it
	*s = (*s)[:last]
	l.index = gone
	return l
}
