//right: one sync.Cond for all callers, which each of them and the end of each ctx wakes

package exercise

import (
	"context"
	"sync"
)

type state int

const (
	idle state = iota
	running
	stopping
	full
)

type result[T any] struct {
	value T
	err   error
}

type Lazy[T any] struct {
	compute func(context.Context) (T, error)
	mu      sync.Mutex
	changed *sync.Cond
	is      state
	run     *result[T] // of the run under way
	waiting int
	stop    context.CancelFunc
	value   T
}

func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	l := &Lazy[T]{compute: compute}
	l.changed = sync.NewCond(&l.mu)
	return l
}

func (l *Lazy[T]) Get(ctx context.Context) (none T, err error) {
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	defer context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.changed.Broadcast()
	})()
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.is == stopping {
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		l.changed.Wait()
	}
	if l.is == full {
		return l.value, nil
	}
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	if l.is == idle {
		l.is = running
		l.run = new(result[T])
		var runCtx context.Context
		runCtx, l.stop = context.WithCancel(context.Background())
		go l.work(runCtx, l.stop, l.run)
	}
	r := l.run
	l.waiting++
	for l.run == r && ctx.Err() == nil {
		l.changed.Wait()
	}
	if l.run != r {
		return r.value, r.err
	}
	if l.waiting--; l.waiting == 0 {
		l.is = stopping
		l.stop()
		for l.run == r {
			l.changed.Wait()
		}
	}
	return none, context.Cause(ctx)
}

func (l *Lazy[T]) work(ctx context.Context, stop context.CancelFunc, r *result[T]) {
	value, err := l.compute(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	stop()
	*r = result[T]{value, err}
	l.run, l.waiting = nil, 0
	if err == nil && l.is == running {
		l.value, l.is = value, full
	} else {
		l.is = idle
	}
	l.changed.Broadcast()
}
