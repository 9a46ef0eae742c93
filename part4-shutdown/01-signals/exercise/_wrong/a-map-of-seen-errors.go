//wrong: remembers the errors that it has seen in a map, which panics on an error that cannot be a key
//want:  == and the key of a map fail on some types, of errors as well
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
			if err == nil || stop != nil && only(err, stop, make(map[error]bool)) {
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

// only reports whether err says nothing but that work was asked to stop, in which
// each error is looked at once.
func only(err, stop error, seen map[error]bool) bool {
	if seen[err] {
		return true
	}
	seen[err] = true
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			if !only(part, stop, seen) {
				return false
			}
		}
		return len(e.Unwrap()) > 0
	case interface{ Unwrap() error }:
		return e.Unwrap() != nil && only(e.Unwrap(), stop, seen)
	}
	return err == stop || err == context.Canceled
}
