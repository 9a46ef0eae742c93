//wrong: sleeps one interval after each call, so that the time f takes is added to it
//want:  the calls drift
//kind:  timing

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval until ctx ends or f returns an error.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(interval):
			if err := f(ctx); err != nil {
				return err
			}
		}
	}
}
