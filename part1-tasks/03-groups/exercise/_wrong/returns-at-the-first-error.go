//wrong: returns the first error at once, while the other calls are still at work
//want:  were still under way: it must wait for them
//kind:  leak

// Package exercise is yours: write Map.
package exercise

import "context"

// Map calls f for each item of in, at most limit at once, and returns the
// results in the order of in, or the first error.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type ended struct {
		i   int
		out Out
		err error
	}
	results := make(chan ended, len(in)) // room for all: no goroutine is stuck
	next := 0
	begin := func() {
		if next == len(in) || inner.Err() != nil {
			return
		}
		i := next
		next++
		go func() {
			out, err := f(inner, in[i])
			results <- ended{i, out, err}
		}()
	}
	for range limit {
		begin()
	}
	out := make([]Out, len(in))
	for range in {
		select {
		case r := <-results:
			if r.err != nil {
				cancel(r.err)
				return nil, context.Cause(inner)
			}
			out[r.i] = r.out
			begin()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return out, nil
}
