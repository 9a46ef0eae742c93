//wrong: compares with == before errors.Is: two errors of a type that cannot be compared panic
//want:  == and the key of a map fail on some types
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type Func func(ctx context.Context) error

type Middleware func(Func) Func

func Chain(ms ...Middleware) Middleware {
	return func(f Func) Func {
		for i := len(ms) - 1; i >= 0; i-- {
			f = ms[i](f)
		}
		return f
	}
}

type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

func Recover() Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = &PanicError{Value: r}
				}
			}()
			return f(ctx)
		}
	}
}

func cancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (err == context.Cause(ctx) || errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

func Log(report func(error)) Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) error {
			err := f(ctx)
			if err != nil && !cancelled(ctx, err) {
				report(err)
			}
			return err
		}
	}
}

func Retry(attempts int, pause time.Duration) Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) error {
			for n := 1; ; n++ {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				err := f(ctx)
				if err == nil || n >= attempts || ctx.Err() != nil {
					return err
				}
				timer := time.NewTimer(pause)
				select {
				case <-timer.C:
				case <-ctx.Done():
					timer.Stop()
				}
			}
		}
	}
}

func Guard(attempts int, pause time.Duration, report func(error)) Middleware {
	return Chain(Log(report), Retry(attempts, pause), Recover())
}
