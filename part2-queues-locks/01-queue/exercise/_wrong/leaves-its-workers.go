//wrong: returns as soon as something fails: each worker that has a result waits without end to send it
//want:  of its calls of work were still under way: it must wait for them
//kind:  leak

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
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

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
						cancel(err)
						return
					}
					results <- result
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
			break
		}
		if err := emit(result); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}
