//wrong: receives, works and emits in one loop: of all the workers, one works
//want:  it leaves workers unused
//kind:  sequential

// Package exercise is yours: write Pipeline.
package exercise

import "context"

// Pipeline takes items from in, gives each to work, several at once, and what
// work makes of it to emit.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case item, open := <-in:
			if !open {
				return nil
			}
			result, err := work(ctx, item)
			if err != nil {
				return err
			}
			if err := emit(result); err != nil {
				return err
			}
		}
	}
}
