//right: each attempt calls the rest of the retries, and errors are joined on the way back

// Package exercise is yours: write Retry.
package exercise

import (
	"context"
	"errors"
	"time"
)

// A Policy says how often, how long and how fast Retry tries. All its fields
// are positive, and MaxPause is not less than Pause.
type Policy struct {
	Attempts int           // at most so many
	Limit    time.Duration // for each attempt
	Pause    time.Duration // after the first attempt; after each further one twice as long as before
	MaxPause time.Duration // but never longer than this
}

// ErrLimit is the cause of an attempt's context that Policy.Limit has ended.
var ErrLimit = errors.New("the attempt took too long")

// ErrPermanent is, or is wrapped by, an error after which no attempt would do
// any better.
var ErrPermanent = errors.New("trying again is no use")

// Retry calls attempt until it succeeds, and returns its value.
func Retry[T any](ctx context.Context, p Policy, attempt func(context.Context) (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	value, err := limited(ctx, p.Limit, attempt)
	if err == nil {
		return value, nil
	}
	why := pause(ctx, p, err)
	if why == errGoOn {
		p.Attempts--
		p.Pause = min(2*p.Pause, p.MaxPause)
		if value, why = Retry(ctx, p, attempt); why == nil {
			return value, nil
		}
	}
	return none, errors.Join(err, why)
}

func limited[T any](ctx context.Context, limit time.Duration, attempt func(context.Context) (T, error)) (value T, err error) {
	inner, cancel := context.WithTimeoutCause(ctx, limit, ErrLimit)
	defer cancel()
	defer func() {
		if err != nil && context.Cause(inner) == ErrLimit && context.Cause(ctx) != ErrLimit {
			err = errors.Join(err, ErrLimit)
		}
	}()
	return attempt(inner)
}

var errGoOn = errors.New("go on")

// pause returns errGoOn after the pause, or why there is none.
func pause(ctx context.Context, p Policy, failed error) error {
	switch end, has := ctx.Deadline(); {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case p.Attempts == 1 || errors.Is(failed, ErrPermanent):
		return nil
	case has && time.Until(end) < p.Pause:
		return context.DeadlineExceeded
	}
	timer := time.NewTimer(p.Pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return errGoOn // the next call looks at ctx
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
