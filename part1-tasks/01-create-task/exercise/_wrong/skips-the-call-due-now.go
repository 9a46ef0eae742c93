//wrong: skips a call that falls due at the very instant at which f returns
//want:  f takes exactly one interval, so that the next call falls due as f returns
//kind:  timing

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	start := time.Now()
	n := time.Duration(1) // the number of the next call
	for {
		timer := time.NewTimer(time.Until(start.Add(n * interval)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil {
			return err
		}
		passed := time.Since(start)
		switch over := passed / interval; {
		case over == n: // none missed
			n++
		case passed == over*interval && over == n+1: // right on time
			n = over + 1
		default:
			n = over // the last one that was missed, at once
		}
	}
}
