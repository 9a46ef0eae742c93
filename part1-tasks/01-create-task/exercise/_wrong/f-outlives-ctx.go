//wrong: f gets a ctx that does not end with ctx, so that a call under way is never asked to stop
//want:  the ctx that f got did not end: f is never asked to stop
//kind:  lost cancellation

// Package exercise is yours: write Every.
package exercise

import (
	"context"
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
		if err := f(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
}
