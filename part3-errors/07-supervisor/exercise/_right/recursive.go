//right: recursive, each child runs in a goroutine that is waited for, and the cause wraps the failure

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

// A Policy says how often a child may fail. Erlang calls Max the intensity and Within the period.
type Policy struct {
	Max    int           // as many failures within Within are forgiven
	Within time.Duration // a failure is forgotten when it is this old, or older
	Pause  time.Duration // between a failure and the next start
}

// Restart runs child, and starts it again after each failure, until child is done, has failed too often, or ctx ends.
func Restart(ctx context.Context, policy Policy, child func(context.Context) error) error {
	return restart(ctx, policy, child, nil)
}

func restart(ctx context.Context, policy Policy, child func(context.Context) error, before []time.Time) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ended := make(chan error)
	go func() { ended <- guarded(ctx, child) }()
	err := <-ended
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	now := time.Now()
	young := []time.Time{now}
	for _, at := range before {
		if now.Sub(at) < policy.Within {
			young = append(young, at)
		}
	}
	if len(young) > policy.Max {
		return fmt.Errorf("%w: %w", ErrGaveUp, err)
	}
	select {
	case <-time.After(policy.Pause):
	case <-ctx.Done():
	}
	return restart(ctx, policy, child, young)
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
