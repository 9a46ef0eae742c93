//wrong: keeps its ticker in a variable of the package, so that a second call of Every takes the ticks of the first
//want:  was called twice, for 4.5s and for 2.5s, and each call has its own ticks
//kind:  race

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

var tick *time.Ticker

// Every calls f once each interval until ctx ends or f returns an error.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	tick = time.NewTicker(interval)
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
		if err := f(ctx); err != nil {
			return err
		}
	}
}
