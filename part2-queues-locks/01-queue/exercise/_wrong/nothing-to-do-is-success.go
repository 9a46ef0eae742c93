//wrong: on a ctx that has ended it returns nil when in is closed and empty: the cause comes first, whether there is something to do or not
//want:  ctx had ended before the call, in was closed and empty, and Pipeline returned no error
//kind:  lost cancellation

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
	if ctx.Err() != nil {
		if drained(in) {
			return nil // nothing is left to do
		}
		return context.Cause(ctx)
	}
	ctx, broken := context.WithCancelCause(ctx)
	defer broken(nil)

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

// drained reports whether in is closed and empty.
func drained[In any](in <-chan In) bool {
	if len(in) > 0 {
		return false
	}
	select {
	case _, open := <-in:
		return !open
	default:
		return false
	}
}
