//wrong: Retry takes an error that holds a nil pointer for none
//want:  the Func returned an error that holds a nil pointer
//kind:  error lost

// Package exercise is yours: write Chain, Recover, Log, Retry and Guard.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// A Func is what a task does.
type Func func(ctx context.Context) error

// A Middleware puts something round a Func.
type Middleware func(Func) Func

// Chain makes one Middleware of several. The first one is the outermost.
func Chain(ms ...Middleware) Middleware {
	return func(f Func) Func {
		for _, m := range slices.Backward(ms) {
			f = m(f)
		}
		return f
	}
}

// A PanicError is what Recover makes of a panic.
type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic if that is an error, otherwise nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
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

// Log reports the error of a Func that fails, and passes it on.
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

func cancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// Retry runs the Func until it returns nil, attempts times at most.
func Retry(attempts int, pause time.Duration) Middleware {
	return func(f Func) Func {
		return func(ctx context.Context) error {
			for n := 1; ; n++ {
				if ctx.Err() != nil { // also when it ended together with the pause
					return context.Cause(ctx)
				}
				err := f(ctx)
				if err == nil || reflect.ValueOf(err).Kind() == reflect.Pointer && reflect.ValueOf(err).IsNil() || n >= attempts || ctx.Err() != nil {
					return err
				}
				select {
				case <-time.After(pause):
				case <-ctx.Done():
				}
			}
		}
	}
}

// Guard puts Recover, Log and Retry together.
func Guard(attempts int, pause time.Duration, report func(error)) Middleware {
	return Chain(Log(report), Retry(attempts, pause), Recover())
}
