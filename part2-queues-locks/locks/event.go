package locks

import (
	"context"
	"sync"
	"sync/atomic"
)

// An Event tells any number of waiters that something has happened, and goes on telling until it is cleared: then its next
// round begins. The zero value is an Event that is not set. asyncio's name is Event.
//
// What happens once needs no Event: close a channel.
//
// All methods may be called by anyone, any number of times. An Event must not be copied after first use. In the
// terminology of the Go memory model, a Set is synchronized before the return of each Wait that it releases.
type Event struct {
	set atomic.Bool // changed with mu held

	mu   sync.Mutex
	done chan struct{} // of this round; nil until somebody asks for it
}

// Set sets the event and releases all that wait for it, also if Clear comes before they have run. On a set event it has no
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

// Clear begins a new round: who comes now waits for the next Set. Those already released stay released. On an event that is
// not set it has no effect.
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
// it has been cleared since. So it does if ctx has ended too, or had ended before: Wait takes nothing that others could use.
// Otherwise it returns [context.Cause] of ctx and leaves nothing behind.
func (e *Event) Wait(ctx context.Context) error {
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
// the round in which Done is called: Clear does not open it again, so ask anew for each round.
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
