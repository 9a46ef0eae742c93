//wrong: cancels the other calls without the first error as their cause: a lost cancellation
//want:  it does not learn why
//kind:  lost cancellation

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"fmt"
	"sync"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit <= 0 {
		panic(fmt.Errorf("limit is %d", limit))
	}
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	var first error
	var (
		mu   sync.Mutex
		next int
		good int
		wg   sync.WaitGroup
		out  = make([]Out, len(in))
	)
	for range min(limit, len(in)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				mu.Lock()
				i := next
				if i == len(in) || work.Err() != nil {
					mu.Unlock()
					return
				}
				next++
				mu.Unlock()
				got, err := f(work, in[i])
				mu.Lock()
				if err != nil {
					if first == nil && work.Err() == nil {
						first = err
					}
					cancel()
				} else {
					out[i] = got
					good++
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	if good == len(in) {
		return out, nil
	}
	if first != nil {
		return nil, first
	}
	return nil, context.Cause(ctx)
}
