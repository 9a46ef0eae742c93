//wrong: looks at the context only after the call, so that calls begin on an ended ctx
//want:  ctx had ended before Map was called, and it called f all the same
//kind:  lost cancellation

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
			var err error
			out[i], err = f(gctx, item)
			if err == nil && gctx.Err() != nil {
				return context.Cause(gctx)
			}
			return err
		})
	}
	if group.Wait() != nil {
		return nil, context.Cause(gctx)
	}
	return out, nil
}
