//right: one select for each stage: at work, then cleaning up

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
	ended := make(chan error, 1)
	go func() { ended <- work(ctx) }()
	fails := func(err error) int {
		report(err)
		return 1
	}

	var first os.Signal
	select {
	case err := <-ended:
		if err != nil {
			return fails(err)
		}
		return 0
	case first = <-signals:
	}
	stop := SignalError{first}
	cancel(stop)
	limit := time.NewTimer(within)
	defer limit.Stop()
	select {
	case err := <-ended:
		if err != nil && !only(err, stop) {
			return fails(err)
		}
		return 0
	case second := <-signals:
		return 128 + int(second.(syscall.Signal))
	case <-limit.C:
		return fails(ErrUnfinished)
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
