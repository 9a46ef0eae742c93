//wrong: it looks at ctx first, so with a ctx that has ended a limit of 0 is no mistake
//want:  Map with a limit of 0 and a ctx that has ended did not panic
//kind:  contract

package exercise

import (
	"context"
	"sync"
)

func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	if len(in) > 0 && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if limit < 1 {
		panic("exercise: limit must be at least 1")
	}

	group, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var (
		mu    sync.Mutex // guards next, done
		next  int
		done  int
		wg    sync.WaitGroup
		out   = make([]Out, len(in))
		start = make(chan struct{}, 1)
	)
	// Each worker takes an item only while it holds start, and hands start on
	// when the item is its own.
	start <- struct{}{}
	worker := func() {
		for {
			<-start
			mu.Lock()
			i := next
			stop := i == len(in) || group.Err() != nil
			if !stop {
				next++
			}
			mu.Unlock()
			start <- struct{}{}
			if stop {
				return
			}
			v, err := f(group, in[i])
			if err != nil {
				cancel(err)
				return
			}
			mu.Lock()
			out[i] = v
			done++
			mu.Unlock()
		}
	}
	for range min(limit, len(in)) {
		wg.Go(worker)
	}
	wg.Wait()

	if done == len(in) {
		return out, nil
	}
	return nil, context.Cause(group)
}
