//wrong: takes the value out of first, so that it can be freed: a second Then gets a zero value
//want:  next was called with 0, not with the 3
//kind:  race

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
			first.Cancel(context.Cause(ctx))
			ended = nil
		case <-first.Done():
			a, err := first.Result()
			var none A
			first.value = none
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return a, err
		}
	}
}
