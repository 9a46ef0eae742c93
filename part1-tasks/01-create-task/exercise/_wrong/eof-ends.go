//wrong: takes io.EOF of f for the normal end of the loop and returns nil
//want:  the error of f was lost: f returned "EOF"
//kind:  error lost

package exercise

import (
	"context"
	"errors"
	"io"
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
		if err := f(ctx); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
