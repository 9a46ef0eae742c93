//wrong: cancels first only when no other Then waits for it
//want:  whatever else waits for it
//kind:  lost cancellation

// Package exercise is an answer.
package exercise

import (
	"context"
	"sync"
)

var (
	mu      sync.Mutex // guards the below
	waiters = make(map[any]int)
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
	mu.Lock()
	waiters[first]++
	mu.Unlock()
	defer func() {
		mu.Lock()
		defer mu.Unlock()
		waiters[first]--
		if waiters[first] == 0 {
			delete(waiters, first)
		}
	}()
	ended := ctx.Done()
	for {
		select {
		case <-ended:
			mu.Lock()
			if waiters[first] == 1 {
				first.Cancel(context.Cause(ctx))
			}
			mu.Unlock()
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
