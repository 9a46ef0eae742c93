//wrong: gives work half a minute to clean up, also when within is longer
//want:  work needs 47h to clean up and within is 48h
//kind:  timing

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
	result := make(chan error, 1)
	go func() { result <- work(ctx) }()

	asked := false
	var clock <-chan time.Time
	for {
		select {
		case err := <-result:
			if err == nil || asked && stopped(err, context.Cause(ctx)) {
				return 0
			}
			report(err)
			return 1
		case sig := <-signals:
			if asked {
				return 128 + int(sig.(syscall.Signal))
			}
			asked = true
			cancel(SignalError{Signal: sig})
			timer := time.NewTimer(min(within, 30*time.Second))
			defer timer.Stop()
			clock = timer.C
		case <-clock:
			report(ErrUnfinished)
			return 1
		}
	}
}

func stopped(err, cause error) bool {
	if err == cause || err == context.Canceled {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return e.Unwrap() != nil && stopped(e.Unwrap(), cause)
	case interface{ Unwrap() []error }:
		parts := e.Unwrap()
		for _, part := range parts {
			if !stopped(part, cause) {
				return false
			}
		}
		return len(parts) > 0
	}
	return false
}
