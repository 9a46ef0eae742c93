//wrong: the workers end at an error, and the goroutine that feeds them waits for them without end
//want:  leak: the test is over, but what it started still waits
//kind:  leak

// Package exercise is yours: write Map.
package exercise

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Map calls f for each item of in, at most limit at once, and returns the
// results in the order of in, or the first error.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	feed := make(chan int)
	go func() {
		defer close(feed)
		for i := range in {
			feed <- i
		}
	}()
	workers, inner := errgroup.WithContext(ctx)
	out := make([]Out, len(in))
	for range limit {
		workers.Go(func() (err error) {
			for i := range feed {
				if inner.Err() != nil {
					return context.Cause(inner)
				}
				if out[i], err = f(inner, in[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, context.Cause(inner)
	}
	return out, nil
}
