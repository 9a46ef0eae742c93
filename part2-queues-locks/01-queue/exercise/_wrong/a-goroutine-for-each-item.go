//wrong: starts a goroutine for each item and bounds only the work: all items in the channel come into memory at once
//want:  Pipeline takes items that it has no room for
//kind:  unbounded

// Package exercise is yours: write Pipeline.
package exercise

import (
	"context"
	"sync"
)

// Pipeline takes items from in, gives each to work, several at once, and what
// work makes of it to emit.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	ctx, broken := context.WithCancelCause(ctx)
	defer broken(nil)

	results := make(chan Out)
	room := make(chan struct{}, workers)
	var pool sync.WaitGroup
	pool.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case item, open := <-in:
				if !open {
					return
				}
				pool.Go(func() {
					select {
					case room <- struct{}{}:
						defer func() { <-room }()
					case <-ctx.Done():
					}
					if ctx.Err() != nil {
						return
					}
					result, err := work(ctx, item)
					if err != nil {
						broken(err)
						return
					}
					select {
					case results <- result:
					case <-ctx.Done():
					}
				})
			}
		}
	})
	go func() {
		pool.Wait()
		close(results)
	}()
	for result := range results {
		if ctx.Err() != nil {
			continue
		}
		if err := emit(result); err != nil {
			broken(err)
		}
	}
	return context.Cause(ctx)
}
