//wrong: an error came first, but ctx ends while Map waits, and its cause is returned
//want:  not the error that came first
//kind:  error lost

// Package exercise is yours: write Map.
package exercise

import (
	"context"

	"golang.org/x/sync/errgroup"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("Map: limit below 1")
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(limit)
	out := make([]Out, len(in))
	for i, item := range in {
		group.Go(func() error {
			if gctx.Err() != nil {
				return context.Cause(gctx)
			}
			var err error
			out[i], err = f(gctx, item)
			return err
		})
	}
	if group.Wait() != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, context.Cause(gctx)
	}
	return out, nil
}
