//wrong: a goroutine waits for the end of ctx, and stays until ctx ends
//want:  leak: all went well and Pipeline has returned
//kind:  leak

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
	outer := ctx
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	if outer.Err() != nil {
		return context.Cause(outer)
	}
	if done := outer.Done(); done != nil {
		go func() {
			<-done
			cancel(context.Cause(outer))
		}()
	}
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
