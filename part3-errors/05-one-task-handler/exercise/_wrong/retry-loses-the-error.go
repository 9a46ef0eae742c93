//wrong: when ctx has ended by the time an attempt fails, Retry returns the cause and loses the error
//want:  so does Retry, but it returned "the shop closes"
//kind:  error lost

// Package exercise is yours: write Chain, Recover, Log, Retry and Guard.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Func is what a task does.
type Func func(ctx context.Context) error

// A Middleware puts something round a Func.
type Middleware func(Func) Func

// A PanicError is what Recover makes of a panic.
type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic if that is an error, otherwise nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

func cancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// Chain makes one Middleware of several.
func Chain(ms ...Middleware) Middleware {
	return func(f Func) Func {
		for i := len(ms) - 1; i >= 0; i-- {
			f = ms[i](f)
		}
		return f
	}
}

// Recover turns a panic of the Func into a *PanicError.
func Recover() Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = &PanicError{v}
				}
			}()
			return f(ctx)
		}
	}
}

// Log calls report once with the error of a Func that fails.
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

// Retry runs the Func until it returns nil.
func Retry(attempts int, pause time.Duration) Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) error {
			for n := 1; ; n++ {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				err := f(ctx)
				if err == nil || n >= attempts {
					return err
				}
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				t := time.NewTimer(pause)
				select {
				case <-t.C:
				case <-ctx.Done():
					t.Stop()
					return context.Cause(ctx)
				}
			}
		}
	}
}

// Guard puts Recover, Log and Retry together.
func Guard(attempts int, pause time.Duration, report func(error)) Middleware {
	return Chain(Recover(), Log(report), Retry(attempts, pause), Recover())
}
