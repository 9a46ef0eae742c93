//wrong: starts all calls and lets them loose, without regard to the limit
//want:  calls of f were under way at once, the limit is
//kind:  unbounded

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
	calls, inner := errgroup.WithContext(ctx)
	out := make([]Out, len(in))
	for i, item := range in {
		calls.Go(func() (err error) {
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
