//wrong: yields each value as it arrives, a fan-in without an order
//want:  A has 1 4 4 9, B has nothing, C has 2 4 5
//kind:  order

// Package exercise is yours: write Merge.
package exercise

import (
	"context"
	"iter"
	"sync"
)

// A Source gives a stream of values in ascending order.
type Source[T any] func(ctx context.Context) iter.Seq2[T, error]

// Merge makes one stream of several.
func Merge[T any](ctx context.Context, compare func(a, b T) int, sources ...Source[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		type pair struct {
			value T
			err   error
		}
		var zero T
		ctx, cancel := context.WithCancel(ctx)
		pairs := make(chan pair)
		var readers sync.WaitGroup
		defer readers.Wait()
		defer cancel()
		if ctx.Err() != nil {
			yield(zero, context.Cause(ctx))
			return
		}
		for _, source := range sources {
			readers.Go(func() {
				for value, err := range source(ctx) {
					select {
					case pairs <- pair{value, err}:
					case <-ctx.Done():
						return
					}
				}
			})
		}
		go func() {
			readers.Wait()
			close(pairs)
		}()
		for p := range pairs {
			if ctx.Err() != nil {
				break
			}
			if p.err != nil {
				cancel()
				yield(zero, p.err)
				return
			}
			if !yield(p.value, nil) {
				return
			}
		}
		if ctx.Err() != nil {
			yield(zero, context.Cause(ctx))
		}
	}
}
