//wrong: ranges over in, as the cooks of the story do: a worker that waits for an item does not notice that the pipeline has broken
//want:  a goroutine that waits for an item does not notice
//kind:  lost cancellation

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
			for item := range in {
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
					return
				}
			}
		})
	}
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
