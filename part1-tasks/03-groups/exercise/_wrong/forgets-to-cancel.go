//wrong: a WaitGroup and a semaphore, and an error does not cancel the other calls: they all go on
//want:  the other calls were not told to stop
//kind:  lost cancellation

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
	room := make(chan struct{}, limit)
	out := make([]Out, len(in))
	errs := make([]error, len(in))
	var calls sync.WaitGroup
	for i, item := range in {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			calls.Wait()
			return nil, context.Cause(ctx)
		}
		calls.Go(func() {
			defer func() { <-room }()
			out[i], errs[i] = f(ctx, item)
		})
	}
	calls.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
