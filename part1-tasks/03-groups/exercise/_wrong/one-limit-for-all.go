//wrong: keeps the places in a variable of the package, so that all calls of Map share one limit
//want:  so in both its calls begin at [0s 0s 1s]
//kind:  sequential

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

var (
	mu     sync.Mutex
	places = make(map[int]*semaphore.Weighted) // by limit
)

// Map calls f for each item of in, at most limit at once.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	mu.Lock()
	if places[limit] == nil {
		places[limit] = semaphore.NewWeighted(int64(limit))
	}
	room := places[limit]
	mu.Unlock()
	calls, inner := errgroup.WithContext(ctx)
	calls.SetLimit(limit)
	out := make([]Out, len(in))
	for i, item := range in {
		calls.Go(func() (err error) {
			_ = room.Acquire(context.WithoutCancel(ctx), 1)
			defer room.Release(1)
			if inner.Err() != nil {
				return context.Cause(inner)
			}
			out[i], err = f(inner, item)
			return err
		})
	}
	if err := calls.Wait(); err != nil {
		return nil, context.Cause(inner)
	}
	return out, nil
}
