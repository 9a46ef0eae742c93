//wrong: takes an item before a worker is free for it: the pipeline holds one more
//want:  Pipeline takes items that it has no room for
//kind:  unbounded

// Package exercise is yours: write Pipeline.
package exercise

import (
	"context"
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
	source := in
	jobs := make(chan In)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				select {
				case <-ctx.Done():
					return
				case item, ok := <-jobs:
					if !ok {
						return
					}
					if ctx.Err() != nil {
						return
					}
					out, err := work(ctx, item)
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
	wg.Go(func() {
		defer close(jobs)
		for {
			select {
			case <-ctx.Done():
				return
			case item, ok := <-source:
				if !ok {
					return
				}
				select {
				case jobs <- item:
				case <-ctx.Done():
					return
				}
			}
		}
	})
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
