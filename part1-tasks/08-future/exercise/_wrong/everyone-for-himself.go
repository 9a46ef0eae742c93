//wrong: looks whether there is a value, and computes one if not: as many runs as there are callers
//want:  3 runs at one time
//kind:  race

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
	value, there := l.value, l.there
	l.mu.Unlock()
	if there {
		return value, nil
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
	l.mu.Lock()
	defer l.mu.Unlock()
	l.value, l.there = value, true
	return value, nil
}
