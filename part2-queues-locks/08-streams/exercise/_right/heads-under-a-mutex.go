//right: readers put their values into slots under a mutex and signal a channel of size one; a channel for each reader asks for the next value

// Package exercise is yours: write Merge.
package exercise

import (
	"context"
	"iter"
	"sync"
)

// A Source gives a stream of values in ascending order.
type Source[T any] func(ctx context.Context) iter.Seq2[T, error]

type slot[T any] struct {
	state string // "asked", "full", "failed" or "ended"
	err   error
	value T
	taken chan struct{} // of size 1
}

// Merge makes one stream of several.
func Merge[T any](ctx context.Context, compare func(a, b T) int, sources ...Source[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if ctx.Err() != nil {
			yield(*new(T), context.Cause(ctx))
			return
		}
		ctx, end := context.WithCancelCause(ctx)
		var (
			mu      sync.Mutex // guards slots
			slots   = make([]slot[T], len(sources))
			changed = make(chan struct{}, 1)
			readers sync.WaitGroup
		)
		set := func(i int, state string, value T, err error) {
			mu.Lock()
			defer mu.Unlock()
			slots[i].state, slots[i].value, slots[i].err = state, value, err
			select {
			case changed <- struct{}{}:
			default:
			}
		}
		for i, source := range sources {
			slots[i] = slot[T]{state: "asked", taken: make(chan struct{}, 1)}
			readers.Go(func() {
				for value, err := range source(ctx) {
					if err != nil {
						set(i, "failed", value, err)
						return
					}
					set(i, "full", value, nil)
					select {
					case <-slots[i].taken:
					case <-ctx.Done():
						return
					}
				}
				set(i, "ended", *new(T), nil)
			})
		}
		defer func() {
			end(nil)
			readers.Wait()
		}()

		// next takes the least value; ready says whether there was nothing to wait for.
		next := func() (value T, ok, ready bool) {
			mu.Lock()
			defer mu.Unlock()
			least := -1
			for i := range slots {
				if slots[i].state == "failed" {
					end(slots[i].err) // the first cause stays
					return value, false, false
				}
			}
			for i := range slots {
				switch slots[i].state {
				case "asked":
					return value, false, false
				case "full":
					if least < 0 || compare(slots[i].value, slots[least].value) < 0 {
						least = i
					}
				}
			}
			if least < 0 {
				return value, false, true
			}
			slots[least].state = "asked"
			slots[least].taken <- struct{}{}
			return slots[least].value, true, true
		}
		for ctx.Err() == nil {
			value, ok, ready := next()
			switch {
			case !ready:
				select {
				case <-changed:
				case <-ctx.Done():
				}
			case !ok:
				return
			case !yield(value, nil):
				return
			}
		}
		yield(*new(T), context.Cause(ctx))
	}
}
