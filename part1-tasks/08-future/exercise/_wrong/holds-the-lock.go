//wrong: computes under the mutex: one run, but the callers that wait for it wait for the mutex, and no ctx ends that
//want:  waits for a sync.Mutex
//kind:  lost cancellation

// Package exercise is yours: write NewLazy and Get.
package exercise

import (
	"context"
	"sync"
)

// A Lazy is a value that is computed when it is asked for.
type Lazy[T any] struct {
	compute func(context.Context) (T, error)

	mu    sync.Mutex // guards what follows
	there bool
	value T
}

// NewLazy returns a Lazy that computes its value by calling compute.
func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	return &Lazy[T]{compute: compute}
}

// Get returns the value, which it computes where there is none.
func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.there {
		return l.value, nil
	}
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	value, err := l.compute(ctx)
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	if err != nil {
		return none, err
	}
	l.value, l.there = value, true
	return value, nil
}
