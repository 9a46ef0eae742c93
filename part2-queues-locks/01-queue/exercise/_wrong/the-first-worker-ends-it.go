//wrong: the first worker that finds in closed ends the pipeline, while the others are still at work
//want:  results are lost
//kind:  work lost

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
	results := make(chan Out)
	done := make(chan struct{})
	allDone := sync.OnceFunc(func() { close(done) })

	var pool sync.WaitGroup
	defer pool.Wait()
	defer broken(nil)
	for range workers {
		pool.Go(func() {
			for ctx.Err() == nil {
				select {
				case <-ctx.Done():
				case item, open := <-in:
					if !open {
						allDone()
						return
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
				}
			}
		})
	}
	for {
		select {
		case result := <-results:
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := emit(result); err != nil {
				broken(err)
			}
		case <-done:
			return context.Cause(ctx)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
