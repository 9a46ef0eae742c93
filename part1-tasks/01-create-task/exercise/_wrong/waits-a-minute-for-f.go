//wrong: waits for f for a minute when ctx has ended, and then leaves it behind
//want:  while a call of f was still under way
//kind:  leak

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
		var err error
		var p any
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() { p = recover() }()
			err = f(ctx)
		}()
		select {
		case <-done:
		case <-ctx.Done():
			select {
			case <-done:
			case <-time.After(time.Minute): // a grace period
				return context.Cause(ctx)
			}
		}
		if p != nil {
			panic(p)
		}
		if err != nil {
			return err
		}
	}
}
