//wrong: waits for first without listening to the job's own context, so that first runs on
//want:  first was not cancelled
//kind:  lost cancellation

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		a, err := first.Result()
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			var none B
			return none, err
		}
		return next(ctx, a)
	})
}
