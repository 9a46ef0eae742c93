//wrong: a goroutine sends the ticks, and no goroutine receives the last one
//want:  leak: the test is over, but what it started still waits
//kind:  leak

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval until ctx ends or f returns an error.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	ticks := make(chan struct{}, 1)
	go func() {
		for {
			time.Sleep(interval)
			ticks <- struct{}{}
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticks:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil {
			return err
		}
	}
}
