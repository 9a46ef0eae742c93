//wrong: looks for an error before it waits for room; the error comes while it waits, and frees the room
//want:  a call was begun too late
//kind:  race

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
	out := make([]Out, len(in))
	for i, item := range in {
		if inner.Err() != nil {
			break
		}
		calls.Go(func() (err error) {
			out[i], err = f(inner, item)
			return err
		})
	}
	err := calls.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}
