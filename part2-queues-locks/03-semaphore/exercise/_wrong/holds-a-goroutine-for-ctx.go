//wrong: starts a goroutine for each call that ends only when ctx ends: a leak while ctx lives
//want:  leak: Do has returned to each caller, ctx is still alive
//kind:  leak

package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
)

var ErrFull = errors.New("bulkhead: full")

type Bulkhead struct {
	run, wait int
	mu        sync.Mutex
	running   int
	line      []chan struct{}
}

func New(run, wait int) *Bulkhead {
	return &Bulkhead{run: run, wait: wait}
}

func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if err := b.enter(ctx); err != nil {
		return err
	}
	defer b.leave()
	return fn(ctx)
}

func (b *Bulkhead) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b.mu.Lock()
	if b.running < b.run && len(b.line) == 0 {
		b.running++
		b.mu.Unlock()
		return nil
	}
	if len(b.line) >= b.wait {
		b.mu.Unlock()
		return ErrFull
	}
	turn := make(chan struct{})
	b.line = append(b.line, turn)
	b.mu.Unlock()
	tired := make(chan struct{})
	if done := ctx.Done(); done != nil {
		go func() {
			<-done
			close(tired)
		}()
	}
	select {
	case <-turn:
		return nil
	case <-tired:
	}
	b.mu.Lock()
	i := slices.Index(b.line, turn)
	if i >= 0 {
		b.line = slices.Delete(b.line, i, i+1)
	}
	b.mu.Unlock()
	if i < 0 {
		b.leave()
	}
	return context.Cause(ctx)
}

func (b *Bulkhead) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.line) == 0 {
		b.running--
		return
	}
	close(b.line[0])
	b.line = b.line[1:]
}
