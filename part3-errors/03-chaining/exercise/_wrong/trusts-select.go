//wrong: looks at its context only in the select, which picks one of two ready cases at random
//want:  and next was called
//kind:  race

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		cancelled := false
		select {
		case <-first.Done():
		case <-ctx.Done():
			first.Cancel(context.Cause(ctx))
			cancelled = true
		}
		var none B
		a, err := first.Result() // waits, also for a first that has been cancelled
		if err != nil {
			return none, err
		}
		if cancelled {
			return none, context.Cause(ctx)
		}
		return next(ctx, a)
	})
}
