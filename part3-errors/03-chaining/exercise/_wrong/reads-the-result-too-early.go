//wrong: lets one goroutine write what another reads, and waits for nothing: a data race
//want:  next was called at 0s
//kind:  race

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	var a A
	var err error
	go func() { a, err = first.Result() }()
	return Start(ctx, func(ctx context.Context) (B, error) {
		if err != nil || ctx.Err() != nil {
			var none B
			first.Cancel(context.Cause(ctx))
			return none, err
		}
		return next(ctx, a)
	})
}
