//wrong: looks at ctx before the select and not behind it
//want:  ctx had ended: look at ctx.Err() right before each call
//kind:  lost cancellation

package exercise

import (
	"context"
	"time"
)

func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			if err := f(ctx); err != nil {
				return err
			}
		}
	}
	return context.Cause(ctx)
}
