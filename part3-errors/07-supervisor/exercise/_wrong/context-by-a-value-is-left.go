//wrong: each run has a context made by way of WithValue, and none of them is cancelled
//want:  leak: Restart has returned, ctx is still alive, and something derived from it is not canceled
//kind:  leak

// Package exercise is yours: write Restart.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

type attempt struct{}

// ErrGaveUp says that a child has failed too often.
var ErrGaveUp = errors.New("gave up")

// A Policy says how often a child may fail. Erlang calls Max the intensity and Within the period.
type Policy struct {
	Max    int           // as many failures within Within are forgiven
	Within time.Duration // a failure is forgotten when it is this old, or older; more than 0
	Pause  time.Duration // between a failure and the next start
}

// Restart runs child, and starts it again after each failure, until child is done, has failed too often, or ctx ends.
func Restart(ctx context.Context, policy Policy, child func(context.Context) error) error {
	var cancels []context.CancelFunc
	var failures []time.Time // younger than Within
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		run, cancel := context.WithCancel(context.WithValue(ctx, attempt{}, len(failures)))
		cancels = append(cancels, cancel)
		err := guarded(run, child)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		failures = append(failures, time.Now())
		failures = slices.DeleteFunc(failures, func(at time.Time) bool { return time.Since(at) >= policy.Within })
		if len(failures) > policy.Max {
			return fmt.Errorf("%w: %d failures within %v: %w", ErrGaveUp, len(failures), policy.Within, err)
		}
		pause := time.NewTimer(policy.Pause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
}

// guarded calls child and makes an error of its panic.
func guarded(ctx context.Context, child func(context.Context) error) (err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("panic: %w", value)
		default:
			err = fmt.Errorf("panic: %v", value)
		}
	}()
	return child(ctx)
}
