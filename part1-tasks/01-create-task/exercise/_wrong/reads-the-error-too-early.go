//wrong: runs f beside the loop and reads its error without waiting for it: a data race
//want:  the error of f was lost
//kind:  race

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
	var failed error
	for failed == nil {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
			var err error
			go func() { err = f(ctx) }()
			failed = err
		}
	}
	return failed
}
