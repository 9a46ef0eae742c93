//wrong: retries after any timeout: takes the caller's for the attempt's own
//want:  Retry goes on without its caller
//kind:  lost cancellation

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
	var happened []error
	pause := p.Pause
	for n := 1; ; n++ {
		value, err := once(ctx, p.Limit, attempt)
		if err == nil {
			return value, nil
		}
		happened = append(happened, err)
		if n == p.Attempts || errors.Is(err, ErrPermanent) {
			return none, errors.Join(happened...)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done(): // no use in waiting any longer
			timer.Stop()
		}
		pause = min(2*pause, p.MaxPause)
	}
}

// once makes one attempt. It is a function so that defer ends its context.
func once[T any](ctx context.Context, limit time.Duration, attempt func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrLimit)
	defer cancel()
	value, err := attempt(ctx)
	if err != nil && errors.Is(context.Cause(ctx), ErrLimit) {
		err = errors.Join(err, ErrLimit)
	}
	return value, err
}
