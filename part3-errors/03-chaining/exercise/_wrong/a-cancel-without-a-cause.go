//wrong: does not cancel first when the job is cancelled without a cause
//want:  cancelled without a cause, so that context.Cause is context.Canceled
//kind:  lost cancellation

// Package exercise is an answer.
package exercise

import "context"

// Then runs next on the value of first.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		a, err := valueOf(ctx, first)
		if err != nil {
			var none B
			return none, err
		}
		return next(ctx, a)
	})
}

// valueOf waits for first, and cancels it when ctx ends.
func valueOf[A any](ctx context.Context, first *Job[A]) (A, error) {
	ended := ctx.Done()
	for {
		select {
		case <-ended:
			if cause := context.Cause(ctx); cause != context.Canceled {
				first.Cancel(cause)
			}
			ended = nil
		case <-first.Done():
			a, err := first.Result()
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return a, err
		}
	}
}
