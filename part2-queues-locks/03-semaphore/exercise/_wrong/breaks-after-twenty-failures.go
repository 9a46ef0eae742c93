//wrong: refuses each call once twenty calls have failed, one after the other
//want:  an error of fn changes nothing for the next call
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
)

var ErrFull = errors.New("bulkhead: full")

type Bulkhead struct {
	mu        sync.Mutex
	run, wait int
	running   int
	queue     []chan struct{}
	failures  int
}

func New(run, wait int) *Bulkhead {
	return &Bulkhead{run: run, wait: wait}
}

func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if err := b.enter(ctx); err != nil {
		return err
	}
	defer b.leave()
	err := fn(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures++; err == nil {
		b.failures = 0
	}
	return err
}

func (b *Bulkhead) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	if b.failures >= 20 {
		b.mu.Unlock()
		return ErrFull
	}
	if b.running < b.run {
		b.running++
		b.mu.Unlock()
		return nil
	}
	if len(b.queue) >= b.wait {
		b.mu.Unlock()
		return ErrFull
	}
	turn := make(chan struct{})
	b.queue = append(b.queue, turn)
	b.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	i := slices.Index(b.queue, turn)
	if i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
	}
	b.mu.Unlock()
	if i < 0 {
		b.leave()
	}
	return context.Cause(ctx)
}

// leave hands the place to the first call that waits.
func (b *Bulkhead) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) > 0 {
		close(b.queue[0])
		b.queue = b.queue[1:]
		return
	}
	b.running--
}
