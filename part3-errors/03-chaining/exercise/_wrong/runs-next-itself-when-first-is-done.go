//wrong: when first has ended already, Then runs next before it returns
//want:  it starts a job and waits for nothing
//kind:  sequential

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	select {
	case <-first.Done():
		if a, err := first.Result(); err == nil && ctx.Err() == nil {
			b, err := next(ctx, a)
			return Start(ctx, func(context.Context) (B, error) { return b, err })
		}
	default:
	}
	return Start(ctx, func(ctx context.Context) (B, error) {
		select {
		case <-first.Done():
		case <-ctx.Done():
			first.Cancel(context.Cause(ctx))
		}
		var none B
		a, err := first.Result() // waits, also for a first that has been cancelled
		if err != nil {
			return none, err
		}
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		return next(ctx, a)
	})
}
