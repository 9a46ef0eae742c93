//wrong: asks each 7 ms whether first has ended
//want:  the job ended at
//kind:  timing

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import (
	"context"
	"time"
)

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		for over := false; !over; {
			select {
			case <-first.Done():
				over = true
			default:
				if ctx.Err() != nil {
					first.Cancel(context.Cause(ctx))
				}
				time.Sleep(7 * time.Millisecond)
			}
		}
		var none B
		a, err := first.Result()
		if err != nil {
			return none, err
		}
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		return next(ctx, a)
	})
}
