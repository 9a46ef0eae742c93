//wrong: runs under the context of the first caller: when it leaves, the other callers lose their run
//want:  and the run was stopped at
//kind:  lost cancellation

// Package exercise is yours: write NewLazy and Get.
package exercise

import (
	"context"
	"sync"
)

// A Lazy is a value that is computed when it is asked for, once for all callers.
type Lazy[T any] struct {
	compute func(context.Context) (T, error)

	mu  sync.Mutex // guards run
	run *run[T]
}

// A run is one call of compute.
type run[T any] struct {
	over  chan struct{} // closed when value and err are set
	value T
	err   error
}

// NewLazy returns a Lazy that computes its value by calling compute.
func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	return &Lazy[T]{compute: compute}
}

// Get returns the value, which it computes where there is none.
func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	l.mu.Lock()
	r := l.run
	if r == nil {
		r = &run[T]{over: make(chan struct{})}
		l.run = r
		go func() {
			r.value, r.err = l.compute(ctx)
			l.mu.Lock()
			defer l.mu.Unlock()
			if r.err != nil {
				l.run = nil
			}
			close(r.over)
		}()
	}
	l.mu.Unlock()
	select {
	case <-r.over:
		return r.value, r.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}
