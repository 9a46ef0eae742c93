//wrong: derives a context by way of context.WithValue, and ends it only when the pipeline breaks
//want:  context.WithCancelCause, whose cancel was not called, by way of another context
//kind:  leak

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
	ctx, broken := context.WithCancelCause(context.WithValue(ctx, poolKey{}, workers))

	results := make(chan Out) // no buffer: a worker holds its result until emit is free
	worker := func() {
		for ctx.Err() == nil { // select picks at random when both are ready
			select {
			case <-ctx.Done():
			case item, open := <-in:
				if !open || ctx.Err() != nil {
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

type poolKey struct{}
