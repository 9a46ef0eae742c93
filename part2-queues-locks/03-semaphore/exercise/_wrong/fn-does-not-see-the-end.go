//wrong: gives fn a ctx without an end, because a call runs until fn returns
//want:  and the context that fn got did not end
//kind:  lost cancellation

package exercise

import (
	"context"
	"errors"
	"sync"
)

var ErrFull = errors.New("bulkhead: full")

type Bulkhead struct {
	run, wait int

	mu      sync.Mutex
	running int
	number  int                   // of the last call that waited
	first   int                   // no call with a lower number waits
	waiting map[int]chan struct{} // by number; closed when the place is handed over
}

func New(run, wait int) *Bulkhead {
	return &Bulkhead{run: run, wait: wait, first: 1, waiting: make(map[int]chan struct{})}
}

func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx) // ended
	}
	if err := b.enter(ctx); err != nil {
		return err
	}
	defer b.leave()
	return fn(context.WithoutCancel(ctx))
}

func (b *Bulkhead) enter(ctx context.Context) error {
	b.mu.Lock()
	if b.running < b.run {
		b.running++
		b.mu.Unlock()
		return nil
	}
	if len(b.waiting) >= b.wait {
		b.mu.Unlock()
		return ErrFull
	}
	b.number++
	me, turn := b.number, make(chan struct{})
	b.waiting[me] = turn
	b.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting[me] == nil {
		return nil // its turn has come at the same instant
	}
	delete(b.waiting, me)
	return context.Cause(ctx) // gave up
}

// leave hands the place to the call that has waited longest.
func (b *Bulkhead) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ; b.first <= b.number; b.first++ {
		if turn := b.waiting[b.first]; turn != nil {
			delete(b.waiting, b.first)
			close(turn)
			return
		}
	}
	b.running--
}
