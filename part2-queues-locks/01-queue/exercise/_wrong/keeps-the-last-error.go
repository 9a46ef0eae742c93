//wrong: every worker that fails writes the same variable, without a lock: a data race, and the last error wins
//want:  Pipeline returns what came first
//kind:  error lost

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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var failed error
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
						failed = err
						cancel()
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
	go func() {
		pool.Wait()
		close(results)
	}()
	for result := range results {
		if ctx.Err() != nil {
			continue
		}
		if err := emit(result); err != nil {
			failed = err
			cancel()
		}
	}
	if failed != nil {
		return failed
	}
	return context.Cause(ctx)
}
