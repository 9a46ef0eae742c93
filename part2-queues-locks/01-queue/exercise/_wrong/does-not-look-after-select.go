//wrong: a worker that got an item from select does not look whether ctx has ended meanwhile
//want:  Look at ctx again when the item is there
//kind:  race

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
	ctx, broken := context.WithCancelCause(ctx)
	defer broken(nil)

	results := make(chan Out) // no buffer: a worker holds its result until emit is free
	worker := func() {
		for ctx.Err() == nil { // select picks at random when both are ready
			select {
			case <-ctx.Done():
			case item, open := <-in:
				if !open {
					return
				}
				result, err := work(ctx, item)
				if err != nil {
					broken(err) // the first cause stays
					return
				}
				select {
				case results <- result:
				case <-ctx.Done():
				}
			}
		}
	}
	var pool sync.WaitGroup
	for range workers {
		pool.Go(worker)
	}
	go func() {
		pool.Wait() // only now is no worker left that sends
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
