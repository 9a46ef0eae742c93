//wrong: cancels first and does not wait until it has ended: a leak
//want:  the job ended before first had ended
//kind:  leak

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		var none B
		select {
		case <-first.Done():
		case <-ctx.Done():
			first.Cancel(context.Cause(ctx))
			return none, context.Cause(ctx)
		}
		a, err := first.Result()
		if err != nil {
			return none, err
		}
		return next(ctx, a)
	})
}
