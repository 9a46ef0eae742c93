//wrong: divides the items among limit workers, and with no items it waits for a worker that never starts
//want:  deadlock
//kind:  deadlock

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
	if len(in) == 0 {
		<-ctx.Done()
	}
	calls, inner := errgroup.WithContext(ctx)
	calls.SetLimit(limit)
	out := make([]Out, len(in))
	for i, item := range in {
		calls.Go(func() (err error) {
			if inner.Err() != nil { // ended while this call waited for its turn
				return context.Cause(inner)
			}
			out[i], err = f(inner, item)
			return err
		})
	}
	if err := calls.Wait(); err != nil {
		return nil, context.Cause(inner) // the first error, or that of ctx if it ended before
	}
	return out, nil
}
