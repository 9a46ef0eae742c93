//wrong: compares the cause with the first error by ==, which panics on errors of a type that cannot be compared
//want:  == and the key of a map fail on some types
//kind:  contract

package exercise

import (
	"context"
	"fmt"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic(fmt.Sprintf("Map: limit is %d", limit))
	}
	calls, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type result struct {
		i   int
		v   Out
		err error
	}
	out := make([]Out, len(in))
	results := make(chan result)
	var first error
	next, under, ready := 0, 0, 0
	for {
		for first == nil && next < len(in) && under < limit {
			if ctx.Err() != nil {
				first = context.Cause(ctx)
				break
			}
			i := next
			go func() {
				v, err := f(calls, in[i])
				results <- result{i, v, err}
			}()
			next++
			under++
		}
		if under == 0 {
			break
		}
		r := <-results
		under--
		if r.err == nil {
			out[r.i] = r.v
			ready++
			continue
		}
		if first == nil {
			first = r.err
			if ctx.Err() != nil {
				first = context.Cause(ctx)
			}
			cancel(first)
		}
	}
	if ready == len(in) {
		return out, nil
	}
	if cause := context.Cause(calls); ctx.Err() == nil && cause != first {
		return nil, cause
	}
	return nil, first
}
