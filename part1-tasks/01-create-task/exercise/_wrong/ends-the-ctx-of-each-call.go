//wrong: f gets a context of its own for each call, which ends with the call, in place of ctx itself
//want:  f got a context that was made from ctx
//kind:  contract

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
		}
		if ctx.Err() != nil { // both were ready, and select picked one at random
			return context.Cause(ctx)
		}
		call, cancel := context.WithCancel(ctx)
		err := f(call)
		cancel()
		if err != nil {
			return err
		}
	}
}
