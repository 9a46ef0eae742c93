//wrong: each worker calls emit itself, so that several calls of it run at the same time
//want:  emit was called on another goroutine than the one that called Pipeline
//kind:  race

// Package exercise is yours: write Pipeline.
package exercise

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Pipeline takes items from in, gives each to work, several at once, and what
// work makes of it to emit.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	pool, inner := errgroup.WithContext(ctx)
	for range workers {
		pool.Go(func() error {
			for inner.Err() == nil {
				select {
				case <-inner.Done():
				case item, open := <-in:
					if !open {
						return nil
					}
					if inner.Err() != nil {
						break
					}
					result, err := work(inner, item)
					if err == nil && inner.Err() == nil {
						err = emit(result)
					}
					if err != nil {
						return err
					}
				}
			}
			return context.Cause(inner)
		})
	}
	if pool.Wait() != nil {
		return context.Cause(inner) // the first error
	}
	return nil
}
