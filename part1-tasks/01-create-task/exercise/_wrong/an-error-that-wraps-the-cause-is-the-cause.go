//wrong: takes an error of f that wraps the cause of ctx for the end of ctx, and returns the bare cause
//want:  which wraps the cause, and Every returned
//kind:  error lost

package exercise

import (
	"context"
	"errors"
	"time"
)

func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil {
			if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) { // f only passes the end of ctx on
				return context.Cause(ctx)
			}
			return err
		}
	}
}
