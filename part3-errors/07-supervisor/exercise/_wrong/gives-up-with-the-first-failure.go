//wrong: keeps the first failure and gives up with that, not with the last
//want:  which holds an earlier one, "gave up: failure 1"
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
	var first error
	for ctx.Err() == nil {
		err := guarded(ctx, child)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		if first == nil {
			first = err
		}
		now := time.Now()
		recent = append(recent, now)
		recent = slices.DeleteFunc(recent, func(at time.Time) bool { return now.Sub(at) >= policy.Within })
		if len(recent) > policy.Max {
			return fmt.Errorf("%w: %w", ErrGaveUp, first)
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
		return fmt.Errorf("panic: %w", err)
	}
	return fmt.Errorf("panic: %v", v)
}
