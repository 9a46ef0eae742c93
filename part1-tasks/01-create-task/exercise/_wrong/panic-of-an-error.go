//wrong: returns a panic of f as its error, if the value is an error, and hands on any other
//want:  f panicked with a value that is an error
//kind:  error lost

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
		if err := call(ctx, f); err != nil {
			return err
		}
		n = max(n+1, int64(time.Since(start)/interval))
	}
}

func call(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(error)
			if !ok {
				panic(v)
			}
			err = e
		}
	}()
	return f(ctx)
}

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
