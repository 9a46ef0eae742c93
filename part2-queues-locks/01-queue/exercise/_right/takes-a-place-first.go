//right: a goroutine takes a place, then an item, and starts a goroutine for it; emit's side gives the place back

// Package exercise is yours: write Pipeline.
package exercise

import (
	"context"
	"sync"
)

// Pipeline takes items from in, calls work with each, several at once, and calls emit with each result.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	results := make(chan Out, workers) // all that hold a place fit in, so that no sender waits
	places := make(chan struct{}, workers)
	var calls sync.WaitGroup
	calls.Go(func() {
		for {
			select {
			case places <- struct{}{}:
			case <-inner.Done():
			}
			if inner.Err() != nil {
				return
			}
			var item In
			open := false
			select {
			case item, open = <-in:
			case <-inner.Done():
			}
			if !open || inner.Err() != nil {
				return
			}
			calls.Go(func() {
				result, err := work(inner, item)
				if err != nil {
					stop(err)
					return
				}
				results <- result
			})
		}
	})
	go func() {
		calls.Wait()
		close(results)
	}()
	for result := range results {
		<-places
		if inner.Err() == nil {
			if err := emit(result); err != nil {
				stop(err)
			}
		}
	}
	return context.Cause(inner)
}
