//wrong: the workers return and none closes results: the loop over it waits without end
//want:  deadlock: no goroutine can go on
//kind:  deadlock

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
	var pool sync.WaitGroup
	for range workers {
		pool.Go(func() {
			for ctx.Err() == nil {
				select {
				case <-ctx.Done():
				case item, open := <-in:
					if !open || ctx.Err() != nil {
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
				}
			}
		})
	}
	for result := range results {
		if ctx.Err() != nil {
			continue
		}
		if err := emit(result); err != nil {
			broken(err)
		}
	}
	pool.Wait()
	return context.Cause(ctx)
}
