//wrong: the calls get contexts without the values of ctx
//want:  has not the values of ctx
//kind:  contract

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
		calls.Go(func() (err error) {
			if inner.Err() != nil { // ended while this call waited for its turn
				return context.Cause(inner)
			}
			out[i], err = f(valueless{inner}, item)
			return err
		})
	}
	if err := calls.Wait(); err != nil {
		return nil, context.Cause(inner) // the first error, or that of ctx if it ended before
	}
	return out, nil
}

// valueless is a context without values.
type valueless struct{ context.Context }

func (valueless) Value(any) any { return nil }
