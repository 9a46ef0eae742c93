//wrong: a worker compares its error with the cause by !=, which panics on errors of a type that cannot be compared
//want:  comparing uncomparable type
//kind:  contract

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
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make(chan Out)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				if inner.Err() != nil {
					return
				}
				select {
				case <-inner.Done():
					return
				case item, ok := <-in:
					if !ok || inner.Err() != nil {
						return
					}
					result, err := work(inner, item)
					if err != nil {
						if err != context.Cause(inner) {
							cancel(err)
						}
						return
					}
					if err != nil {
						cancel(err)
						return
					}
					select {
					case results <- result:
					case <-inner.Done():
						return
					}
				}
			}
		})
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for result := range results {
		if inner.Err() != nil {
			continue
		}
		if err := emit(result); err != nil {
			cancel(err)
		}
	}
	return context.Cause(inner)
}
