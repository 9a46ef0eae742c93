package locks

import (
	"context"
	"sync"
	"sync/atomic"

	"example.com/asyncio-to-go/part2-queues-locks/internal/line"
)

// A Lock has one holder at a time, as a [sync.Mutex] has, and can do two things that a Mutex cannot: it is fair, and a
// waiter gives up when its ctx ends. The zero value is an unlocked Lock. asyncio's name is Lock.
//
// Release hands the Lock to the waiter that came first. No later call gets in between, not even one of the goroutine that
// has just released the Lock. Under contention each release therefore costs a switch of goroutines: where neither the order
// nor ctx matters, a Mutex is faster.
//
// Any goroutine may release what another has acquired. A Lock is not reentrant, and it must not be copied after first use.
// In the terminology of the Go memory model, a Release is synchronized before the return of the Acquire or TryAcquire that
// takes the Lock next.
type Lock struct {
	// state counts acquisitions and releases, so that it is odd (the held bit) while the Lock is held. The waiting bit is
	// set while a goroutine waits: then TryAcquire and the fast paths of Acquire and Release must not act on the count alone.
	//
	// The count never comes back to an earlier value, and Acquire needs that: between its look at ctx and its swap of the
	// state, the holder may end this very ctx and release. A swap from free to held would then take the Lock on an ended
	// ctx. A swap from one count to the next fails, because the Lock has not been free all the while.
	state atomic.Uint64

	mu   sync.Mutex // guards line, and the lines of the Conditions on this Lock
	line waiters    // for the Lock; where it is not empty, the waiting bit is set
}

// A waiter is one call that waits for a Lock, or for a Condition first and then for its Lock. Its channel is closed when it has been given the Lock.
type (
	waiter  = line.Place[chan struct{}]
	waiters = line.Line[chan struct{}]
)

func newWaiter() *waiter {
	return &waiter{Value: make(chan struct{})}
}

const (
	held    = 1
	waiting = 1 << 63
)

// Acquire waits until the caller holds the Lock or ctx ends. If ctx ends first, it returns [context.Cause] of ctx, and the
// caller does not hold the Lock: it has left the line, and if it had just been given the Lock, the Lock goes to the next
// waiter. On a ctx that has already ended Acquire returns the cause even if the Lock is free.
func (l *Lock) Acquire(ctx context.Context) error {
	if s := l.state.Load(); s&(held|waiting) == 0 && ctx != nil && ctx.Err() == nil && l.state.CompareAndSwap(s, s+1) {
		return nil
	}
	return l.acquireInLine(ctx)
}

func (l *Lock) acquireInLine(ctx context.Context) error {
	check(ctx, "Lock.Acquire")
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	w := newWaiter()
	l.mu.Lock()
	l.line.Push(w)
	l.serveLocked()
	l.mu.Unlock()

	select {
	case <-w.Value:
		if ctx.Err() == nil {
			return nil
		}
	case <-ctx.Done():
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.line.Remove(w) {
		l.state.Add(1) // It has been given the Lock: release it.
	}
	l.serveLocked()
	return context.Cause(ctx)
}

// TryAcquire takes the Lock if it is free and reports whether it did. It never waits. It takes nothing while other calls wait.
func (l *Lock) TryAcquire() bool {
	s := l.state.Load()
	return s&(held|waiting) == 0 && l.state.CompareAndSwap(s, s+1)
}

// Release gives the Lock to the waiter that came first, or frees the Lock if there is none. It panics if the Lock is not held.
func (l *Lock) Release() {
	if s := l.state.Add(1); s&(held|waiting) != 0 {
		l.releaseInLine(s)
	}
}

// releaseInLine completes a Release that made the count s. It is a function of its own so that Release is inlined.
func (l *Lock) releaseInLine(s uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	misuse := s&held != 0
	if misuse {
		l.state.Add(1) // The count has taken a free Lock: give it back.
	}
	l.serveLocked()
	if misuse {
		panic("locks: release of an unlocked Lock")
	}
}

// Locked reports whether the Lock is held.
func (l *Lock) Locked() bool {
	return l.state.Load()&(held|waiting) != 0
}

// serveLocked gives the Lock, if it is free, to the first waiter in the line, and keeps the waiting bit true. It looks only at
// the present state, so every function that has changed the line or freed the Lock may call it.
func (l *Lock) serveLocked() {
	// The waiting bit comes first: from then on no fast path takes the Lock, and a Release comes here.
	if l.line.First() != nil && l.state.Or(waiting)&held == 0 {
		l.state.Add(1)
		close(l.line.Pop().Value)
	}
	if l.line.First() == nil {
		l.state.And(^uint64(waiting))
	}
}
