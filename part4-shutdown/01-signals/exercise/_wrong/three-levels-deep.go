//wrong: looks three levels deep into an error, and asks errors.Is what is below
//want:  in a join that is wrapped ten times
//kind:  error lost

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"os"
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
	ended := make(chan error, 1) // room for work that we give up on
	go func() { ended <- work(ctx) }()

	var stop error            // why work was asked to stop
	var late <-chan time.Time // nil: before a signal
	for {
		select {
		case err := <-ended:
			if err == nil || stop != nil && only(err, stop) {
				return 0
			}
			report(err)
			return 1
		case sig := <-signals:
			if stop != nil {
				return 128 + int(sig.(syscall.Signal))
			}
			stop = SignalError{sig}
			cancel(stop)
			late = time.After(within)
		case <-late:
			report(ErrUnfinished)
			return 1
		}
	}
}

// only reports whether err says nothing but that work was stopped.
func only(err, stop error) bool { return deep(err, stop, 3) }

func deep(err, stop error, n int) bool {
	if n == 0 {
		return errors.Is(err, stop) || errors.Is(err, context.Canceled)
	}
	switch err := err.(type) {
	case interface{ Unwrap() []error }:
		for _, e := range err.Unwrap() {
			if !deep(e, stop, n-1) {
				return false
			}
		}
		return true
	case interface{ Unwrap() error }:
		return deep(err.Unwrap(), stop, n-1)
	default:
		return err == stop || err == context.Canceled
	}
}
