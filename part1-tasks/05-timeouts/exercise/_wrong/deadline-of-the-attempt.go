//wrong: compares the pause with the deadline of the attempt's context, and gives up when the pause is longer than what is left of the limit
//want:  that of an attempt's context does not count
//kind:  timing

// Package exercise is yours: mend Retry.
package exercise

import (
	"context"
	"errors"
	"time"
)

type Policy struct {
	Attempts int
	Limit    time.Duration
	Pause    time.Duration
	MaxPause time.Duration
}

var ErrLimit = errors.New("the attempt took too long")

var ErrPermanent = errors.New("trying again is no use")

func Retry[T any](ctx context.Context, p Policy, attempt func(context.Context) (T, error)) (T, error) {
	var zero T
	var errs []error
	if ctx.Err() != nil {
		return zero, context.Cause(ctx)
	}
	pause := p.Pause
	for n := 1; ; n++ {
		value, deadline, limited, err := try(ctx, p.Limit, attempt)
		if err == nil {
			return value, nil
		}
		errs = append(errs, err)
		if limited {
			errs = append(errs, ErrLimit)
		}
		if ctx.Err() != nil {
			errs = append(errs, context.Cause(ctx))
			return zero, errors.Join(errs...)
		}
		if n == p.Attempts || errors.Is(err, ErrPermanent) {
			return zero, errors.Join(errs...)
		}
		if !limited && time.Until(deadline) < pause {
			errs = append(errs, context.DeadlineExceeded)
			return zero, errors.Join(errs...)
		}
		if err := wait(ctx, pause); err != nil {
			errs = append(errs, err)
			return zero, errors.Join(errs...)
		}
		pause = min(2*pause, p.MaxPause)
	}
}

func try[T any](ctx context.Context, limit time.Duration, attempt func(context.Context) (T, error)) (value T, deadline time.Time, limited bool, err error) {
	tryCtx, cancel := context.WithTimeoutCause(ctx, limit, ErrLimit)
	defer cancel()
	deadline, _ = tryCtx.Deadline()
	value, err = attempt(tryCtx)
	limited = tryCtx.Err() != nil && context.Cause(tryCtx) == ErrLimit
	return value, deadline, limited, err
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return context.Cause(ctx)
}
