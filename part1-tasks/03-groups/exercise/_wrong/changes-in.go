//wrong: turns the slice of its caller round, to take its items from the end
//want:  Map changed the slice of its caller
//kind:  contract

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("limit below 1")
	}
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	out := make([]Out, len(in))
	slices.Reverse(in) // a stack, from which pop is cheap
	for i := 0; len(in) > 0; i++ {
		item := in[len(in)-1]
		in = in[:len(in)-1]
		g.Go(func() (err error) {
			if inner.Err() != nil {
				return context.Cause(inner)
			}
			out[i], err = f(inner, item)
			return err
		})
	}
	if g.Wait() != nil {
		return nil, context.Cause(inner)
	}
	return out, nil
}
