//wrong: takes a result that is nil for none, although no error stands beside it
//want:  nil is a result like any other
//kind:  work lost

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"sync"
)

// Map calls f for each item of in, several at once.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map: limit below 1")
	}
	calls, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := make([]Out, len(in))
	places := make(chan struct{}, min(limit, len(in)))
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex // guards done
		done int
	)
	for i, item := range in {
		select {
		case places <- struct{}{}:
		case <-calls.Done():
		}
		if calls.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-places }()
			v, err := f(calls, item)
			if err != nil {
				cancel(err)
				return
			}
			if any(v) == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			out[i] = v
			done++
		})
	}
	wg.Wait()
	if done == len(in) {
		return out, nil
	}
	return nil, context.Cause(calls)
}
