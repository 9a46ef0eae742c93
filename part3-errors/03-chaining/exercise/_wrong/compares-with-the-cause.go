//wrong: compares the error of first with the cause by ==, which panics if their type cannot be compared
//want:  comparing uncomparable type lesson.ListError
//kind:  contract

// Package exercise is an answer.
package exercise

import "context"

func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		var none B
		select {
		case <-first.Done():
		case <-ctx.Done():
			first.Cancel(context.Cause(ctx))
		}
		a, err := first.Result()
		cause := context.Cause(ctx)
		if cause != nil && (err == nil || err == cause) {
			return none, cause
		}
		if err != nil {
			return none, err
		}
		return next(ctx, a)
	})
}
