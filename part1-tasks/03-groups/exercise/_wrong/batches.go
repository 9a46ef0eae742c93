//wrong: works in batches, and each batch waits for its slowest call: too sequential
//want:  each as soon as there is room
//kind:  sequential

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
	out := make([]Out, len(in))
	var batch errgroup.Group
	for i, item := range in {
		if i%limit == 0 {
			if batch.Wait() != nil {
				break
			}
			batch = errgroup.Group{}
		}
		call := func() error {
			if gctx.Err() != nil {
				return context.Cause(gctx)
			}
			var err error
			out[i], err = f(gctx, item)
			return err
		}
		batch.Go(func() error {
			err := call()
			if err != nil {
				group.Go(func() error { return err })
			}
			return err
		})
	}
	if batch.Wait() != nil {
		group.Wait()
		return nil, context.Cause(gctx)
	}
	return out, nil
}
