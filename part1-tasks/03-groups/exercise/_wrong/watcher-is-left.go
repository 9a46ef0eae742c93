//wrong: a goroutine waits for the end of ctx to cancel the calls, and for nothing else: a leak while ctx lives
//want:  leak: Map has returned, ctx is still alive
//kind:  leak

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
	if ctx.Err() != nil && len(in) > 0 {
		return nil, context.Cause(ctx)
	}
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	go func() {
		<-ctx.Done()
		cancel(context.Cause(ctx))
	}()
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
					cancel(err)
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
	return nil, context.Cause(work)
}
