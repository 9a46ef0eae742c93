//wrong: takes an interval of less than a millisecond for a millisecond
//want:  Every takes the interval as it is
//kind:  timing

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	interval = max(interval, time.Millisecond)
	start := time.Now()
	var made time.Duration // this many intervals have been served
	for {
		due := start.Add((made + 1) * interval)
		if wait := time.Until(due); wait > 0 {
			t := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				t.Stop()
				return context.Cause(ctx)
			case <-t.C:
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		made = time.Since(start) / interval
		if err := f(ctx); err != nil {
			return err
		}
	}
}
