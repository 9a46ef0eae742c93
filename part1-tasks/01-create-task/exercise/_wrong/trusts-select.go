//wrong: takes the tick although ctx has ended, too: of two ready cases select takes one at random
//want:  when ctx had ended
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
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
			if err := f(ctx); err != nil {
				return err
			}
		}
	}
}
