//wrong: keeps the first error in a variable of the package, so that a Map returns the error of another one
//want:  three Maps run at a time, a page fails in the first one only
//kind:  race

// Package exercise is yours: write Map.
package exercise

import (
	"context"
	"sync"
)

var failure struct {
	sync.Mutex
	first error
}

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if limit < 1 {
		panic("exercise: Map with a limit below 1")
	}
	failure.Lock()
	failure.first = nil
	failure.Unlock()
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	places := make(chan struct{}, limit)
	out := make([]Out, len(in))
	done := 0
	for i, item := range in {
		select {
		case places <- struct{}{}:
		case <-inner.Done():
		}
		if inner.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-places }()
			v, err := f(inner, item)
			failure.Lock()
			defer failure.Unlock()
			if err != nil {
				if inner.Err() == nil {
					failure.first = err
					cancel(err)
				}
				return
			}
			out[i] = v
			done++
		})
	}
	wg.Wait()
	failure.Lock()
	defer failure.Unlock()
	switch {
	case failure.first != nil:
		return nil, failure.first
	case done < len(in):
		return nil, context.Cause(inner)
	}
	return out, nil
}
