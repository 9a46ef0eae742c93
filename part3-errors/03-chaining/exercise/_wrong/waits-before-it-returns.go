//wrong: waits for first inside Then: the caller gets no job to cancel
//want:  Then returned at 1s
//kind:  sequential

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	a, err := first.Result()
	return Start(ctx, func(ctx context.Context) (B, error) {
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
