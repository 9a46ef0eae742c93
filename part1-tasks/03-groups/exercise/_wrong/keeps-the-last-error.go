//wrong: each call that fails overwrites the error, unguarded: the cancelled ones hide the one that failed
//want:  Map returned a later error
//kind:  error lost

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"sync"
)

// Map calls f for each item of in, at most limit at once, and returns the
// results in the order of in, or the first error.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	room := make(chan struct{}, limit)
	out := make([]Out, len(in))
	var failed error
	var calls sync.WaitGroup
	for i, item := range in {
		room <- struct{}{}
		if inner.Err() != nil {
			break
		}
		calls.Go(func() {
			defer func() { <-room }()
			var err error
			if out[i], err = f(inner, item); err != nil {
				failed = err
				cancel()
			}
		})
	}
	calls.Wait()
	if ctx.Err() != nil {
		failed = context.Cause(ctx)
	}
	if failed != nil {
		return nil, failed
	}
	return out, nil
}
