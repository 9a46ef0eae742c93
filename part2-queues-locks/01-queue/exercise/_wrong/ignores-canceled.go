//wrong: takes context.Canceled for no error: a result is missing, and Pipeline returns nil
//want:  work failed with "context canceled" while ctx was alive, and Pipeline returned no error
//kind:  error lost

// Package exercise is yours: write Pipeline.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// Pipeline takes items from in, calls work with each, several at once, and calls
// emit with each result.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make(chan Out)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				select {
				case <-ctx.Done():
					return
				case item, ok := <-in:
					if !ok {
						return
					}
					if ctx.Err() != nil {
						return
					}
					out, err := work(ctx, item)
					if errors.Is(err, context.Canceled) {
						continue
					}
					if err != nil {
						cancel(err)
						return
					}
					select {
					case results <- out:
					case <-ctx.Done():
						return
					}
				}
			}
		})
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for out := range results {
		if ctx.Err() != nil {
			continue
		}
		if err := emit(out); err != nil {
			cancel(err)
		}
	}
	return context.Cause(ctx)
}
