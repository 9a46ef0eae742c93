// Package exercise is yours: write Chain, Recover, Log, Retry and Guard.
package exercise

import (
	"context"
	"fmt"
	"time"
)

// A Func is what a task does.
type Func func(ctx context.Context) error

// A Middleware puts something round a Func: what it returns is run in its place.
//
// All that are written here run the Func in the goroutine of their caller, with
// the ctx that they are given, values and all, and leave no goroutine or derived context behind,
// also while ctx is still alive. A Middleware may be used for several Funcs, and
// what it returns may be run any number of times, also by several goroutines at
// once: no run knows of another.
//
// A run is cancelled when its ctx has ended and the error says so: errors.Is
// finds ctx.Err() or context.Cause(ctx) in it. Any other error is a failure: so
// is context.Canceled or context.DeadlineExceeded from elsewhere while ctx is
// alive, and a full disk that is found after ctx has ended.
type Middleware func(Func) Func

// Chain makes one Middleware of several. The first one is the outermost:
// Chain(a, b)(f) is a(b(f)). Chain() changes nothing.
func Chain(ms ...Middleware) Middleware {
	panic("not written yet")
}

// A PanicError is what Recover makes of a panic.
type PanicError struct{ Value any }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic if that is an error, otherwise nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Recover turns a panic of the Func into a *PanicError that holds its value. An
// error that the Func returns is passed on unchanged.
func Recover() Middleware {
	panic("not written yet")
}

// Log calls report once with the error of a Func that fails, and passes the
// error on unchanged. It does not report a run that is cancelled. It lets a
// panic pass and does not report it. report does not panic, and several
// goroutines may call it at once.
func Log(report func(error)) Middleware {
	panic("not written yet")
}

// Retry runs the Func until it returns nil, attempts times at most (at least
// once), with a pause after each failure but the last. It returns nil, or the
// last error unchanged. It lets a panic pass.
//
//   - No error stops it while ctx is alive, not even context.Canceled or
//     context.DeadlineExceeded.
//   - When ctx ends in the pause, or at the instant at which the pause is over,
//     it returns context.Cause(ctx) at once.
//   - It begins no attempt, not even the first, on a ctx that has ended, and
//     returns context.Cause(ctx) instead.
//   - When ctx has ended by the time an attempt returns an error, it returns
//     that error unchanged, without a pause.
func Retry(attempts int, pause time.Duration) Middleware {
	panic("not written yet")
}

// Guard puts Recover, Log and Retry together, so that each run
//   - tries again after a panic as it does after an error,
//   - is reported once if it fails, when its last attempt has failed, with the
//     last error, and not at all if it succeeds in the end or is cancelled,
//   - never panics.
func Guard(attempts int, pause time.Duration, report func(error)) Middleware {
	panic("not written yet")
}
