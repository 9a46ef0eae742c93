//wrong: returns when ctx ends and lets a call of f run on
//want:  while a call of f was still under way: f takes 1.5s
//kind:  leak

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		done := make(chan error, 1)
		go func() { done <- f(ctx) }()
		select {
		case err := <-done:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
