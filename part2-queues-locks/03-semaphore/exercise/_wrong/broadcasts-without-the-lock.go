//wrong: the end of ctx wakes the calls without the lock held: between the look and the wait the wake-up is lost
//want:  Send this wake-up with the lock held
//kind:  lost cancellation

// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

type Bulkhead struct {
	mu                         sync.Mutex
	cond                       *sync.Cond
	run, wait, running, queued int
	next, serving              int
	gone                       map[int]bool
}

func New(run, wait int) *Bulkhead {
	b := &Bulkhead{run: run, wait: wait, gone: map[int]bool{}}
	b.cond = sync.NewCond(&b.mu)
	return b
}

func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	b.mu.Lock()
	if ctx.Err() != nil {
		b.mu.Unlock()
		return context.Cause(ctx)
	}
	if b.running == b.run || b.queued > 0 {
		if b.queued == b.wait {
			b.mu.Unlock()
			return ErrFull
		}
		b.queued++
		mine := b.next
		b.next++
		stop := context.AfterFunc(ctx, func() {
			b.cond.Broadcast()
		})
		for (b.running == b.run || mine != b.serving) && ctx.Err() == nil {
			b.cond.Wait()
		}
		stop()
		b.queued--
		b.gone[mine] = true
		for b.gone[b.serving] {
			delete(b.gone, b.serving)
			b.serving++
		}
		b.cond.Broadcast()
		if ctx.Err() != nil {
			b.mu.Unlock()
			return context.Cause(ctx)
		}
	}
	b.running++
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.running--
		b.cond.Broadcast()
		b.mu.Unlock()
	}()
	return fn(ctx)
}
