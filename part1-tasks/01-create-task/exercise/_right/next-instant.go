//right: computes the next instant and sets one timer anew for each wait

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval until ctx ends or f returns an error.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	start := time.Now()
	for next := interval; ; {
		if wait := next - time.Since(start); wait > 0 || ctx.Err() != nil {
			timer := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				timer.Stop()
				return context.Cause(ctx)
			case <-timer.C:
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil {
			return err
		}
		// One call makes up for all that fell due while f ran.
		if missed := time.Since(start) / interval; missed*interval > next {
			next = missed * interval
		} else {
			next += interval
		}
	}
}
