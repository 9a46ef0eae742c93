//wrong: an empty list returns before the limit is looked at
//want:  Map with a limit of 0 and no items did not panic
//kind:  contract

// Package exercise is yours: write Map.
package exercise

import (
	"context"

	"golang.org/x/sync/errgroup"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if len(in) == 0 {
		return []Out{}, nil
	}
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
		return nil, context.Cause(gctx)
	}
	return out, nil
}
