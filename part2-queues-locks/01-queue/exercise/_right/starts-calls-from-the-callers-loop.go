//right: one loop on the caller's goroutine takes items, starts a goroutine for each and calls emit

// Package exercise is yours: write Pipeline.
package exercise

import "context"

type outcome[Out any] struct {
	result Out
	err    error
}

// Pipeline takes items from in, calls work with each, several at once, and calls emit with each result.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	ctx, broken := context.WithCancelCause(ctx)
	defer broken(nil)
	outcomes := make(chan outcome[Out])
	held := 0
	for (in != nil || held > 0) && ctx.Err() == nil {
		items := in
		if held == workers {
			items = nil
		}
		select {
		case <-ctx.Done():
		case item, open := <-items:
			if !open {
				in = nil
				break
			}
			if ctx.Err() != nil {
				break
			}
			held++
			go func() {
				result, err := work(ctx, item)
				if err != nil {
					broken(err)
				}
				outcomes <- outcome[Out]{result, err}
			}()
		case o := <-outcomes:
			held--
			if ctx.Err() == nil {
				if err := emit(o.result); err != nil {
					broken(err)
				}
			}
		}
	}
	for range held {
		<-outcomes
	}
	return context.Cause(ctx)
}
