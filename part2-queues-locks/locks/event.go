package locks

import (
	"context"
	"sync"
	"sync/atomic"
)

// An Event tells any number of waiters that something has happened. Once set, it releases later waiters too, until it is
// cleared: then its next round begins. The zero value is an Event that is not set. asyncio's name is Event.
//
// For what happens only once you need no Event: close a channel.
//
// Any goroutine may call any method, any number of times. An Event must not be copied after first use. In the
// terminology of the Go memory model, a Set is synchronized before the return of each Wait that it releases.
type Event struct {
	set atomic.Bool // changed with mu held

	mu   sync.Mutex    // guards done
	done chan struct{} // of this round; nil until a caller asks for it
}

// Set sets the event and releases all its waiters, even if Clear is called before they have run. On a set event Set has no
// effect.
func (e *Event) Set() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.set.Swap(true) {
		return
	}
	if e.done != nil {
		close(e.done)
	}
}

// Clear begins a new round: a Wait that is called now waits for the next Set. Waiters already released stay released. On an
// event that is not set Clear has no effect.
func (e *Event) Clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.set.Swap(false) {
		e.done = nil
	}
}

// IsSet reports whether the event is set.
func (e *Event) IsSet() bool {
	return e.set.Load()
}

// Wait waits until the event is set or ctx ends. It returns nil if the event is set, or was set while Wait waited, even if
// the event has been cleared since, and even if ctx has ended too: Wait takes nothing, so the answer wins.
// Otherwise it returns [context.Cause] of ctx and leaves nothing behind.
func (e *Event) Wait(ctx context.Context) error {
	check(ctx, "Event.Wait")
	if e.set.Load() {
		return nil
	}
	done := e.Done()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-done:
		return nil
	default:
		return context.Cause(ctx)
	}
}

// Done returns a channel that is closed when the event is set, for a select that waits for other things too. It belongs to
// the round in which Done is called: Clear does not open it again, so call Done again for each round.
func (e *Event) Done() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done == nil {
		e.done = make(chan struct{})
		if e.set.Load() {
			close(e.done)
		}
	}
	return e.done
}
