//wrong: notes the time of a failure after the pause
//want:  its age counts from the failure
//kind:  timing

// Package exercise is yours: write Restart.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrGaveUp says that a child has failed too often.
var ErrGaveUp = errors.New("gave up")

// A Policy says how often a child may fail.
type Policy struct {
	Max    int           // as many failures within Within are forgiven
	Within time.Duration // a failure is forgotten when it is this old, or older
	Pause  time.Duration // between a failure and the next start
}

// Restart runs child, and starts it again after each failure.
func Restart(ctx context.Context, policy Policy, child func(context.Context) error) error {
	var failures []time.Time
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := run(ctx, child)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		now := time.Now()
		failures = append(failures, now.Add(policy.Pause))
		for len(failures) > 0 && now.Sub(failures[0]) >= policy.Within {
			failures = failures[1:]
		}
		if len(failures) > policy.Max {
			return fmt.Errorf("%w after %d failures: %w", ErrGaveUp, len(failures), err)
		}
		select {
		case <-time.After(policy.Pause):
		case <-ctx.Done():
		}
	}
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
