//wrong: takes an error of a call that wraps context.Canceled for an effect of Map's own cancel, and drops it
//want:  also if it is a cancellation or a timeout
//kind:  error lost

package exercise

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	calls, inner := errgroup.WithContext(ctx)
	calls.SetLimit(limit)
	out := make([]Out, len(in))
	for i, item := range in {
		calls.Go(func() (err error) {
			if inner.Err() != nil {
				return context.Cause(inner)
			}
			out[i], err = f(inner, item)
			if errors.Is(err, context.Canceled) && ctx.Err() == nil {
				return nil
			}
			return err
		})
	}
	if err := calls.Wait(); err != nil {
		return nil, context.Cause(inner)
	}
	return out, nil
}
