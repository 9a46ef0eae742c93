//wrong: recovers a panic of f and panics anew with a text, so that the caller no longer finds the value
//want:  another panic reached the caller of Every
//kind:  error lost

package exercise

import (
	"context"
	"fmt"
	"time"
)

func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Sprintf("every: f panicked: %v", r))
		}
	}()
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
		if err := f(ctx); err != nil {
			return err
		}
	}
}
