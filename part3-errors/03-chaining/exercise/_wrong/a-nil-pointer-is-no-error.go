//wrong: takes an error of first that holds a nil pointer for none
//want:  first fails with an error that holds a nil pointer
//kind:  error lost

// Package exercise is an answer.
package exercise

import (
	"context"
	"reflect"
)

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
			if err != nil && reflect.ValueOf(err).Kind() == reflect.Pointer && reflect.ValueOf(err).IsNil() {
				err = nil
			}
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return a, err
		}
	}
}
