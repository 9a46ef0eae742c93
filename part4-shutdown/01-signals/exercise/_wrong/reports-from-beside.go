//wrong: reports where work ends, which may be long after Run has returned
//want:  report was called after Run had returned
//kind:  race

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
	ended := make(chan int, 1)
	go func() {
		err := work(ctx)
		if err == nil || ctx.Err() != nil && only(err, context.Cause(ctx)) {
			ended <- 0
			return
		}
		report(err)
		ended <- 1
	}()

	select {
	case status := <-ended:
		return status
	case sig := <-signals:
		cancel(SignalError{sig})
	}
	select {
	case status := <-ended:
		return status
	case sig := <-signals:
		return 128 + int(sig.(syscall.Signal))
	case <-time.After(within):
		report(ErrUnfinished)
		return 1
	}
}

// only reports whether err says nothing but that work was stopped.
func only(err, stop error) bool {
	switch err := err.(type) {
	case interface{ Unwrap() []error }:
		for _, e := range err.Unwrap() {
			if !only(e, stop) {
				return false
			}
		}
		return true
	case interface{ Unwrap() error }:
		return only(err.Unwrap(), stop)
	default:
		return err == stop || err == context.Canceled
	}
}
