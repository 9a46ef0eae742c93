//wrong: a child that panics with context.Canceled is not started again
//want:  that is a failure as a panic with any other value
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
		if _, ok := err.(final); ok {
			return err
		}
		now := time.Now()
		failures = append(failures, now)
		failures = slices.DeleteFunc(failures, func(t time.Time) bool { return now.Sub(t) >= policy.Within })
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

func canceled(v any) bool { err, ok := v.(error); return ok && errors.Is(err, context.Canceled) }

type final struct{ error }

func (f final) Unwrap() error { return f.error }

func run(ctx context.Context, child func(context.Context) error) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("panic: %w", v)
			if canceled(v) {
				err = final{err}
			}
		default:
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return child(ctx)
}
