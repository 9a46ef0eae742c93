//wrong: calls f once for all items that are equal, and gives each of them its result
//want:  each item has a call of its own
//kind:  work lost

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
	same := make(map[any]int)
	copyOf := make(map[int]int)
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
			if j, ok := same[in[i]]; ok {
				copyOf[i] = j
				next++
				ready++
				continue
			}
			same[in[i]] = i
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
		for i, j := range copyOf {
			out[i] = out[j]
		}
		return out, nil
	}
	return nil, first
}
