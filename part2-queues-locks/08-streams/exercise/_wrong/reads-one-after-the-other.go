//wrong: pulls the next value of one source after the other
//want:  three sources take 1s each for their first value
//kind:  sequential

// Package exercise is yours: write Merge.
package exercise

import (
	"context"
	"iter"
)

// A Source gives a stream of values in ascending order.
type Source[T any] func(ctx context.Context) iter.Seq2[T, error]

// Merge makes one stream of several.
func Merge[T any](ctx context.Context, compare func(a, b T) int, sources ...Source[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if ctx.Err() != nil {
			yield(zero, context.Cause(ctx))
			return
		}
		type head struct {
			next  func() (T, error, bool)
			value T
			has   bool
		}
		heads := make([]head, len(sources))
		for i, source := range sources {
			next, stop := iter.Pull2(source(ctx))
			defer stop()
			defer cancel()
			heads[i].next = next
		}
		ask := make([]bool, len(sources))
		for i := range ask {
			ask[i] = true
		}
		for {
			for i := range heads {
				if !ask[i] {
					continue
				}
				ask[i] = false
				value, err, ok := heads[i].next()
				if ctx.Err() != nil {
					yield(zero, context.Cause(ctx))
					return
				}
				if err != nil {
					yield(zero, err)
					return
				}
				heads[i].value, heads[i].has = value, ok
			}
			least := -1
			for i := range heads {
				if heads[i].has && (least < 0 || compare(heads[i].value, heads[least].value) < 0) {
					least = i
				}
			}
			if least < 0 {
				return
			}
			heads[least].has, ask[least] = false, true
			if !yield(heads[least].value, nil) {
				return
			}
			if ctx.Err() != nil {
				yield(zero, context.Cause(ctx))
				return
			}
		}
	}
}
