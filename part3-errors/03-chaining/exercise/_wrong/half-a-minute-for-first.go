//wrong: waits no more than half a minute for a first that was cancelled
//want:  it waits for first, however long that takes
//kind:  leak

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import (
	"context"
	"time"
)

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		select {
		case <-first.Done():
		case <-ctx.Done():
			first.Cancel(context.Cause(ctx))
			select {
			case <-first.Done():
			case <-time.After(30 * time.Second):
				var none B
				return none, context.Cause(ctx)
			}
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
