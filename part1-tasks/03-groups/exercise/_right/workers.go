//right: limit workers that take the next index under a mutex

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"sync"
)

// Map calls f for each item of in, at most limit at once.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex // guards the below
	next, done := 0, 0
	out := make([]Out, len(in))
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(in) || inner.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	// The items begin in their order: each call is taken by its worker before the
	// next worker starts.
	work := func(i int) {
		for more := true; more; i, more = take() {
			result, err := f(inner, in[i])
			mu.Lock()
			if err != nil {
				cancel(err)
			} else {
				out[i] = result
				done++
			}
			mu.Unlock()
		}
	}
	var workers sync.WaitGroup
	for range min(limit, len(in)) {
		i, more := take()
		if !more {
			break
		}
		workers.Go(func() { work(i) })
	}
	workers.Wait()
	if done < len(in) {
		return nil, context.Cause(inner)
	}
	return out, nil
}
