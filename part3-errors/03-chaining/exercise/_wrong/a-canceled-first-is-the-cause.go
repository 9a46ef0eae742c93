//wrong: when first answered the cancellation with context.Canceled, the job has the cause in its place
//want:  an error of first like any other
//kind:  error lost

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import (
	"context"
	"errors"
)

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		select {
		case <-first.Done():
		case <-ctx.Done():
			first.Cancel(context.Cause(ctx))
		}
		var none B
		a, err := first.Result() // waits, also for a first that has been cancelled
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return none, context.Cause(ctx)
		}
		if err != nil {
			return none, err
		}
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		return next(ctx, a)
	})
}
