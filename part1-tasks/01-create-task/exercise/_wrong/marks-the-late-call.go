//wrong: a call that makes up gets a context that says so, in place of ctx itself
//want:  f gets a context that was made from ctx, not ctx itself
//kind:  contract

package exercise

import (
	"context"
	"time"
)

func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	start := time.Now()
	for n := int64(1); ; {
		if err := until(ctx, start.Add(time.Duration(n)*interval)); err != nil {
			return err
		}
		callCtx := ctx
		if time.Since(start) > time.Duration(n)*interval {
			callCtx = context.WithValue(ctx, lateKey{}, true)
		}
		if err := f(callCtx); err != nil {
			return err
		}
		n = max(n+1, int64(time.Since(start)/interval))
	}
}

type lateKey struct{}

// until waits for an instant, which may be over.
func until(ctx context.Context, due time.Time) error {
	rung := make(chan struct{})
	t := time.AfterFunc(time.Until(due), func() { close(rung) })
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-rung:
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
