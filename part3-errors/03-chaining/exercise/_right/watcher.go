//right: one goroutine waits for ctx to cancel first, another waits for first, and the job waits for both

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import (
	"context"
	"sync"
)

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	work := func(ctx context.Context) (B, error) {
		var watcher sync.WaitGroup
		watcher.Go(func() {
			select {
			case <-ctx.Done():
				first.Cancel(context.Cause(ctx))
			case <-first.Done():
			}
		})
		value, err := first.Result()
		watcher.Wait()
		if err == nil {
			err = context.Cause(ctx) // no error while ctx is alive
		}
		if err != nil {
			var nothing B
			return nothing, err
		}
		own, cancel := context.WithCancel(ctx)
		defer cancel()
		return next(own, value)
	}
	return Start(ctx, work)
}
