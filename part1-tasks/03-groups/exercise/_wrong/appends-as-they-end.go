//wrong: appends each result when its call ends: out of order, and a data race that loses some
//want:  the results do not stand in the order of the items
//kind:  order

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
	calls.SetLimit(limit)
	var out []Out
	for _, item := range in {
		calls.Go(func() error {
			if inner.Err() != nil {
				return context.Cause(inner)
			}
			result, err := f(inner, item)
			if err != nil {
				return err
			}
			out = append(out, result)
			return nil
		})
	}
	if err := calls.Wait(); err != nil {
		return nil, context.Cause(inner)
	}
	return out, nil
}
