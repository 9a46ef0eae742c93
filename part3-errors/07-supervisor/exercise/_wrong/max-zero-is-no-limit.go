//wrong: takes a Max of 0 for no limit
//want:  with Max 0 no failure is forgiven
//kind:  contract

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
		if policy.Max > 0 && len(recent) > policy.Max {
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
		return fmt.Errorf("panic: %w", err)
	}
	return fmt.Errorf("panic: %v", v)
}
