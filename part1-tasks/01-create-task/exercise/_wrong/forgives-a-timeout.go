//wrong: takes a timeout of f itself for no error, and goes on
//want:  the error of f was lost
//kind:  error lost

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"errors"
	"time"
)

// Every calls f once each interval until ctx ends or f returns an error.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		if ctx.Err() != nil { // both were ready, and select picked one at random
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
			return err
		}
	}
}
