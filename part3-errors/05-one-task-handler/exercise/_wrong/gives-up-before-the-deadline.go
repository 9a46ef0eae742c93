//wrong: does not begin a pause that the deadline of ctx would cut short, and returns the failure at once
//want:  no error stops it while ctx is alive, and ctx ends at 5s
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

type Func func(ctx context.Context) error

type Middleware func(Func) Func

type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic if that is an error, otherwise nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

func Chain(ms ...Middleware) Middleware {
	layers := slices.Clone(ms)
	slices.Reverse(layers)
	return func(f Func) Func {
		for _, m := range layers {
			f = m(f)
		}
		return f
	}
}

func Recover() Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = &PanicError{Value: v}
				}
			}()
			return f(ctx)
		}
	}
}

func cancelled(ctx context.Context, err error) bool {
	if ctx.Err() == nil {
		return false
	}
	return errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))
}

func Log(report func(error)) Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) error {
			err := f(ctx)
			if err == nil || cancelled(ctx, err) {
				return err
			}
			report(err)
			return err
		}
	}
}

func Retry(attempts int, pause time.Duration) Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			for n := 1; ; n++ {
				err := f(ctx)
				if err == nil || ctx.Err() != nil || n >= attempts {
					return err
				}
				if d, ok := ctx.Deadline(); ok && time.Until(d) < pause {
					return err
				}
				t := time.NewTimer(pause)
				select {
				case <-ctx.Done():
					t.Stop()
				case <-t.C:
				}
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
			}
		}
	}
}

func Guard(attempts int, pause time.Duration, report func(error)) Middleware {
	return Chain(Log(report), Retry(attempts, pause), Recover())
}
