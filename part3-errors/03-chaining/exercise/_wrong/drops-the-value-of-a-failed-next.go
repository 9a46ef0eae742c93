//wrong: drops the value that next returns beside an error
//want:  beside its error, and the job's value is
//kind:  contract

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
		var none B
		a, err := first.Result() // waits, also for a first that has been cancelled
		if err != nil {
			return none, err
		}
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		b, err := next(ctx, a)
		if err != nil {
			return none, err
		}
		return b, nil
	})
}
