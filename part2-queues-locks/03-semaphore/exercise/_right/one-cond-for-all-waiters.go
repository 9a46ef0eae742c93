//right: one sync.Cond for all calls that wait: each wakes up at every change, and looks whether it is the first in the queue and has room

package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead lets some calls run and some wait.
type Bulkhead struct {
	run, wait int

	mu      sync.Mutex // guards the below
	changed *sync.Cond
	running int
	queue   []*call
}

type call struct{ _ byte } // not of size 0: two of them have different addresses

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it.
func New(run, wait int) *Bulkhead {
	b := &Bulkhead{run: run, wait: wait}
	b.changed = sync.NewCond(&b.mu)
	return b
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if err := b.enter(ctx); err != nil {
		return err
	}
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.running--
		b.changed.Broadcast()
	}()
	return fn(ctx)
}

// enter waits for a place and takes it.
func (b *Bulkhead) enter(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if b.running < b.run && len(b.queue) == 0 {
		b.running++
		return nil
	}
	if len(b.queue) >= b.wait {
		return ErrFull
	}
	me := &call{}
	b.queue = append(b.queue, me)
	stop := context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.changed.Broadcast()
	})
	defer stop()
	for ctx.Err() == nil && (b.running == b.run || b.queue[0] != me) {
		b.changed.Wait()
	}
	i := slices.Index(b.queue, me)
	b.queue = slices.Delete(b.queue, i, i+1)
	b.changed.Broadcast() // the next one may be first now
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.running++
	return nil
}
