//wrong: takes each DeadlineExceeded for the limit, also that of a dial which had a timeout of its own
//want:  ask the attempt's context, not the error
//kind:  error lost

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
		value, limited, err := try(ctx, p.Limit, attempt)
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
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
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

func try[T any](ctx context.Context, limit time.Duration, attempt func(context.Context) (T, error)) (value T, limited bool, err error) {
	tryCtx, cancel := context.WithTimeoutCause(ctx, limit, ErrLimit)
	defer cancel()
	value, err = attempt(tryCtx)
	limited = errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil || context.Cause(tryCtx) == ErrLimit
	return value, limited, err
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
