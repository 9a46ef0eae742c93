//wrong: keeps results back until those of the items before have gone out
//want:  emit gets each result as soon as it is there
//kind:  order

package exercise

import (
	"context"
	"sync"
)

func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	type slot chan Out
	order := make(chan slot, workers)
	places := make(chan struct{}, workers)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(order)
		for {
			select {
			case places <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case item, ok := <-in:
				if !ok || ctx.Err() != nil {
					return
				}
				s := make(slot, 1)
				order <- s
				wg.Go(func() {
					result, err := work(ctx, item)
					if err != nil {
						cancel(err)
						return
					}
					s <- result
				})
			case <-ctx.Done():
				return
			}
		}
	})
	for s := range order {
		select {
		case result := <-s:
			<-places
			if ctx.Err() != nil {
				continue
			}
			if err := emit(result); err != nil {
				cancel(err)
			}
		case <-ctx.Done():
		}
	}
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
