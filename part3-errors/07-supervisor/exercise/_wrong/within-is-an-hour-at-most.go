//wrong: forgets a failure after an hour, also when Within is longer
//want:  a failure is forgotten when it is as old as Within, not before
//kind:  contract

// Package exercise is yours: write Restart.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrGaveUp says that a child has failed too often.
var ErrGaveUp = errors.New("gave up")

// A Policy says how often a child may fail.
type Policy struct {
	Max    int
	Within time.Duration
	Pause  time.Duration
}

// Restart runs child, and starts it again after each failure, until child is done, has failed too often, or ctx ends.
func Restart(ctx context.Context, policy Policy, child func(context.Context) error) error {
	var failures []time.Time
	for ctx.Err() == nil {
		err := run(ctx, child)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		now := time.Now()
		failures = append(failures, now)
		failures = slices.DeleteFunc(failures, func(t time.Time) bool { return now.Sub(t) >= min(policy.Within, time.Hour) })
		if len(failures) > policy.Max {
			return fmt.Errorf("%w: %w", ErrGaveUp, err)
		}
		timer := time.NewTimer(policy.Pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
	return context.Cause(ctx)
}

func run(ctx context.Context, child func(context.Context) error) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("panic: %w", v)
		default:
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return child(ctx)
}
