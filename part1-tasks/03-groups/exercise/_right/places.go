//right: a channel of places that is filled before each call, and results that come back by a channel

// Package exercise is yours: write Map.
package exercise

import "context"

// Map calls f for each item of in, at most limit at once.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	type result struct {
		i   int
		out Out
		err error
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make(chan result, len(in)) // room for all: a call never waits to report
	out := make([]Out, len(in))
	next, under, good := 0, 0, 0
	for {
		for under < limit && next < len(in) && inner.Err() == nil {
			i := next
			next++
			under++
			go func() {
				value, err := f(inner, in[i])
				if err != nil {
					cancel(err) // at once: the first error is the cause
				}
				results <- result{i, value, err}
			}()
		}
		if under == 0 {
			break
		}
		r := <-results
		under--
		if r.err == nil {
			out[r.i] = r.out
			good++
		}
	}
	if good < len(in) {
		return nil, context.Cause(inner)
	}
	return out, nil
}
