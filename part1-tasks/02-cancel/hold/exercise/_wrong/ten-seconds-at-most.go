//wrong: gives giveBack ten seconds at most, whatever limit says
//want:  not after its limit of 10m0s
//kind:  timing

package exercise

import (
	"context"
	"fmt"
	"time"
)

func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	<-ctx.Done()
	if err := clean(ctx, limit, giveBack); err != nil {
		return fmt.Errorf("%w; and the seat was not given back: %w", context.Cause(ctx), err)
	}
	return context.Cause(ctx)
}

func clean(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	alive, cancel := context.WithDeadline(context.WithoutCancel(ctx), time.Now().Add(min(limit, 10*time.Second)))
	defer cancel()
	return giveBack(alive)
}
