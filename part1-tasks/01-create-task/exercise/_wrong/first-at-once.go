//wrong: calls f at once, before the first interval has passed
//want:  f was called at [0s 1s 2s 3s]
//kind:  timing

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval until ctx ends or f returns an error.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	if err := f(ctx); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		if ctx.Err() != nil { // both were ready, and select picked one at random
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil {
			return err
		}
	}
}
