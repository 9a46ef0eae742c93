//wrong: a sync.Once runs it once, whatever comes out: a failure is the answer from then on
//want:  an error is kept
//kind:  error lost

// Package exercise is yours: write NewLazy and Get.
package exercise

import (
	"context"
	"sync"
)

// A Lazy is a value that is computed when it is asked for, once for all callers.
type Lazy[T any] struct {
	compute func(context.Context) (T, error)

	once  sync.Once
	over  chan struct{} // closed when value and err are set
	value T
	err   error
}

// NewLazy returns a Lazy that computes its value by calling compute.
func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	return &Lazy[T]{compute: compute, over: make(chan struct{})}
}

// Get returns the value, which it computes where there is none.
func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	l.once.Do(func() {
		go func() {
			defer close(l.over)
			l.value, l.err = l.compute(context.WithoutCancel(ctx))
		}()
	})
	select {
	case <-l.over:
		return l.value, l.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}
