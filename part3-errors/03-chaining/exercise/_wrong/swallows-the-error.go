//wrong: drops the error of first and calls next with a zero value
//want:  next was called with 0 although first had failed
//kind:  error lost

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		select {
		case <-first.Done():
		case <-ctx.Done():
			first.Cancel(context.Cause(ctx))
		}
		a, _ := first.Result()
		return next(ctx, a)
	})
}
