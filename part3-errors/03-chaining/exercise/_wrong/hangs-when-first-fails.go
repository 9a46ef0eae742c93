//wrong: goes on only when a value comes, as the article's chain does
//want:  the job hangs when first fails
//kind:  deadlock

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	values := make(chan A, 1)
	go func() {
		if a, err := first.Result(); err == nil {
			values <- a
		}
	}()
	return Start(ctx, func(ctx context.Context) (B, error) {
		select {
		case a := <-values:
			return next(ctx, a)
		case <-ctx.Done():
			var none B
			first.Cancel(context.Cause(ctx))
			_, err := first.Result()
			if err == nil {
				err = context.Cause(ctx)
			}
			return none, err
		}
	})
}
