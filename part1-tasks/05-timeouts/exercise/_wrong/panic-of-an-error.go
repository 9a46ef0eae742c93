//wrong: takes a panic for a failure if its value is an error, and hands on any other
//want:  attempt 1 panicked with a value that is an error
//kind:  error lost

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
	pause := min(p.Pause, p.MaxPause)
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return zero, errors.Join(append(errs, context.Cause(ctx))...)
		}
		value, why, err := once(ctx, p.Limit, attempt)
		if err == nil {
			return value, nil
		}
		errs = append(errs, err)
		if why != nil {
			errs = append(errs, why)
		}
		if ctx.Err() != nil {
			errs = append(errs, context.Cause(ctx))
			break
		}
		if n == p.Attempts || errors.Is(err, ErrPermanent) {
			break
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < pause {
			errs = append(errs, context.DeadlineExceeded)
			break
		}
		sleep(ctx, pause)
		pause = double(pause, p.MaxPause)
	}
	return zero, errors.Join(errs...)
}

func double(pause, most time.Duration) time.Duration {
	if pause > most/2 {
		return most
	}
	return 2 * pause
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// once makes one attempt and tells why its context had ended, if it had. It had
// ended with ErrLimit only if the limit came before the end of ctx.
func once[T any](ctx context.Context, limit time.Duration, attempt func(context.Context) (T, error)) (value T, why, err error) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(error)
			if !ok {
				panic(v)
			}
			err = e
		}
	}()
	c, cancel := context.WithTimeoutCause(ctx, limit, ErrLimit)
	defer cancel()
	value, err = attempt(c)
	if c.Err() == nil {
		return value, nil, err
	}
	return value, context.Cause(c), err
}
