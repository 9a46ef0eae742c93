//wrong: the error of a panic wraps the value and says only that the child panicked
//want:  Restart's error wraps it without its text
//kind:  error lost

package exercise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

var ErrGaveUp = errors.New("gave up")

type Policy struct {
	Max    int
	Within time.Duration
	Pause  time.Duration
}

func Restart(ctx context.Context, policy Policy, child func(context.Context) error) error {
	var recent []time.Time
	for ctx.Err() == nil {
		err := guarded(ctx, child)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		now := time.Now()
		recent = append(recent, now)
		recent = slices.DeleteFunc(recent, func(at time.Time) bool { return now.Sub(at) >= policy.Within })
		if len(recent) > policy.Max {
			return fmt.Errorf("%w: %w", ErrGaveUp, err)
		}
		pause := time.NewTimer(policy.Pause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
	return context.Cause(ctx)
}

func guarded(ctx context.Context, child func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	return child(ctx)
}

func panicked(v any) error {
	if err, ok := v.(error); ok {
		return panicError{err}
	}
	return fmt.Errorf("panic: %v", v)
}

type panicError struct{ err error }

func (e panicError) Error() string { return "the child panicked" }
func (e panicError) Unwrap() error { return e.err }
