//wrong: a goroutine waits for the end of ctx; when f fails it stays behind: a leak while ctx lives
//want:  leak: f has failed, Every has returned, ctx is still alive
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
	ended := make(chan struct{})
	go func() {
		<-ctx.Done()
		close(ended)
	}()
	for {
		select {
		case <-ended:
			return context.Cause(ctx)
		case <-tick.C:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil {
			return err
		}
	}
}
