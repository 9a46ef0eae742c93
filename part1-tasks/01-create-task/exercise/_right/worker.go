//right: a goroutine calls f, fed by a channel of one, and Every waits for it

// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval until ctx ends or f returns an error.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	type outcome struct {
		err      error
		panicked any
	}
	due := make(chan struct{}, 1) // one call is owed at most
	ended := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.panicked = recover()
			ended <- o
		}()
		for range due {
			if ctx.Err() != nil {
				continue
			}
			if o.err = f(ctx); o.err != nil {
				return
			}
		}
	}()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	finish := func(o outcome) error {
		if o.panicked != nil {
			panic(o.panicked)
		}
		return o.err
	}
	for {
		select {
		case <-ctx.Done():
			close(due)
			if err := finish(<-ended); err != nil {
				return err
			}
			return context.Cause(ctx)
		case o := <-ended:
			return finish(o)
		case <-tick.C:
			select {
			case due <- struct{}{}:
			default:
			}
		}
	}
}
