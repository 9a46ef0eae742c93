//right: a closed channel says that work has returned, and the leaves of its error are listed

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"os"
	"slices"
	"syscall"
	"time"
)

// A SignalError is the cause of a context that a signal has ended.
type SignalError struct{ Signal os.Signal }

func (e SignalError) Error() string { return "stopped by signal: " + e.Signal.String() }

// ErrUnfinished is what Run reports of work that does not come to an end in time.
var ErrUnfinished = errors.New("asked to stop, and did not in time")

// Run does the work of a program and returns its exit status.
func Run(signals <-chan os.Signal, within time.Duration, work func(ctx context.Context) error, report func(error)) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var err error // of work, once done is closed
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = work(ctx)
	}()
	late := time.NewTimer(time.Hour)
	late.Stop()
	defer late.Stop()
	for {
		select {
		case <-done:
			if err == nil || ctx.Err() != nil && !slices.ContainsFunc(leaves(err), func(e error) bool {
				return e != context.Cause(ctx) && e != context.Canceled
			}) {
				return 0
			}
			report(err)
			return 1
		case sig := <-signals:
			if ctx.Err() != nil {
				return 128 + int(sig.(syscall.Signal))
			}
			cancel(SignalError{Signal: sig})
			late.Reset(within)
		case <-late.C:
			report(ErrUnfinished)
			return 1
		}
	}
}

// leaves are the errors in err that wrap no other.
func leaves(err error) []error {
	todo, all := []error{err}, []error(nil)
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		if many, ok := next.(interface{ Unwrap() []error }); ok {
			todo = append(todo, many.Unwrap()...)
		} else if inner := errors.Unwrap(next); inner != nil {
			todo = append(todo, inner)
		} else {
			all = append(all, next)
		}
	}
	return all
}
