//wrong: returns a panic of giveBack as its error, if the value is an error, and hands on any other
//want:  giveBack panicked with a value that is an error
//kind:  error lost

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

func clean(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(error)
			if !ok {
				panic(v)
			}
			err = e
		}
	}()
	alive, cancel := context.WithDeadline(context.WithoutCancel(ctx), time.Now().Add(limit))
	defer cancel()
	return giveBack(alive)
}
