//wrong: looks at ctx only between two ticks, so that it sleeps on when ctx ends
//want:  it does not look at ctx.Done() while it waits for the next call
//kind:  lost cancellation

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
	for range tick.C {
		if ctx.Err() != nil {
			break
		}
		if err := f(ctx); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}
