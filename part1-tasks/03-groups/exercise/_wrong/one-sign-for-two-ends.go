//wrong: tells of room through a channel with room for one sign: of two calls that end at once, one is not heard
//want:  when the first 12 end at the same instant, 12 more begin
//kind:  sequential

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"sync"
	"sync/atomic"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	room := make(chan struct{}, 1)
	out := make([]Out, len(in))
	var done atomic.Int64
	for i := range in {
		if i >= limit {
			select {
			case <-room:
			case <-inner.Done():
			}
		}
		if inner.Err() != nil {
			break
		}
		wg.Go(func() {
			v, err := f(inner, in[i])
			if err != nil {
				cancel(err)
			} else {
				out[i] = v
				done.Add(1)
			}
			select {
			case room <- struct{}{}:
			default: // it is known already
			}
		})
	}
	wg.Wait()
	if int(done.Load()) < len(in) {
		return nil, context.Cause(inner)
	}
	return out, nil
}
