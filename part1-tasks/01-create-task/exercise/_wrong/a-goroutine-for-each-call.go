//wrong: starts each call in a goroutine of its own: unbounded, overlapping, its error lost
//want:  f was called while another call of f was under way
//kind:  unbounded

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
			go f(ctx)
		}
	}
}
