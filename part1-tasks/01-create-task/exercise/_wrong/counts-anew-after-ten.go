//wrong: begins to count anew when more than ten calls were missed, so that the calls no longer come on whole multiples
//want:  Every missed 1,000 calls
//kind:  timing

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
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
		if missed := time.Since(start)/interval - made; missed > 10 {
			start, made = time.Now(), 0
		} else {
			made += missed
		}
		if err := f(ctx); err != nil {
			return err
		}
	}
}
