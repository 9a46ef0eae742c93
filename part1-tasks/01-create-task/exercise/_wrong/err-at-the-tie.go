//wrong: returns ctx.Err() where a tick and the end of ctx come together, and the cause elsewhere
//want:  not context.Cause(ctx), "the service stops"
//kind:  lost cancellation

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
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f(ctx); err != nil {
				return err
			}
		}
	}
}
