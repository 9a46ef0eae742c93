//wrong: asks the context of an errgroup whether the pipeline broke: Wait ends it also when all went well, and the last results are dropped
//want:  Pipeline returns what came first
//kind:  work lost

package exercise

import (
	"context"

	"golang.org/x/sync/errgroup"
)

func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	outer, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	g, inner := errgroup.WithContext(outer)
	results := make(chan Out)
	for range workers {
		g.Go(func() error {
			for {
				if inner.Err() != nil {
					return context.Cause(inner)
				}
				select {
				case <-inner.Done():
					return context.Cause(inner)
				case item, ok := <-in:
					if !ok {
						return nil
					}
					if inner.Err() != nil {
						return context.Cause(inner)
					}
					out, err := work(inner, item)
					if err != nil {
						return err
					}
					select {
					case results <- out:
					case <-inner.Done():
						return context.Cause(inner)
					}
				}
			}
		})
	}
	over := make(chan error, 1)
	go func() {
		err := g.Wait()
		close(results)
		over <- err
	}()
	for out := range results {
		if inner.Err() != nil {
			continue
		}
		if err := emit(out); err != nil {
			stop(err)
		}
	}
	if err := <-over; err != nil {
		return err
	}
	return context.Cause(outer)
}
