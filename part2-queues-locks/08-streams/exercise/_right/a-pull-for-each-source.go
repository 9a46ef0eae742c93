//right: iter.Pull2 for each source, and a goroutine for each call of next; their results go to a channel with room for all

// Package exercise is yours: write Merge.
package exercise

import (
	"context"
	"iter"
	"slices"
	"sync"
)

// A Source gives a stream of values in ascending order.
type Source[T any] func(ctx context.Context) iter.Seq2[T, error]

// Merge makes one stream of several.
func Merge[T any](parent context.Context, compare func(a, b T) int, sources ...Source[T]) iter.Seq2[T, error] {
	type head struct {
		source int
		value  T
		err    error
		ok     bool
	}
	return func(yield func(T, error) bool) {
		var zero T
		if parent.Err() != nil {
			yield(zero, context.Cause(parent))
			return
		}
		ctx, cancel := context.WithCancel(parent)
		heads := make(chan head, len(sources))
		calls := make([]sync.WaitGroup, len(sources)) // one at most of each source
		ask := make([]func(), len(sources))
		stops := make([]func(), len(sources))
		for i, source := range sources {
			next, stop := iter.Pull2(source(ctx))
			stops[i] = stop
			ask[i] = func() {
				calls[i].Go(func() {
					value, err, ok := next()
					heads <- head{i, value, err, ok}
				})
			}
		}
		defer func() {
			cancel()
			var stopping sync.WaitGroup
			for i, stop := range stops {
				stopping.Go(func() {
					calls[i].Wait()
					stop()
				})
			}
			stopping.Wait()
		}()
		for _, call := range ask {
			call()
		}
		var waiting []head
		missing := len(sources)
		for {
			for ; missing > 0; missing-- {
				select {
				case h := <-heads:
					switch {
					case ctx.Err() != nil:
					case h.err != nil:
						cancel()
						yield(zero, h.err)
						return
					case h.ok:
						waiting = append(waiting, h)
					}
				case <-ctx.Done():
				}
				if ctx.Err() != nil {
					break
				}
			}
			if ctx.Err() != nil {
				yield(zero, context.Cause(ctx))
				return
			}
			if len(waiting) == 0 {
				return
			}
			slices.SortStableFunc(waiting, func(a, b head) int {
				if c := compare(a.value, b.value); c != 0 {
					return c
				}
				return a.source - b.source
			})
			least := waiting[0]
			waiting = slices.Delete(waiting, 0, 1)
			missing = 1
			ask[least.source]()
			if !yield(least.value, nil) {
				return
			}
		}
	}
}
