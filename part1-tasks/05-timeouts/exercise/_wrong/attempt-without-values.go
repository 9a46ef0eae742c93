//wrong: the attempt's ctx is made from Background: it ends with ctx, and has not its values
//want:  has not the values of ctx
//kind:  contract

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

func try[T any](ctx context.Context, limit time.Duration, attempt func(context.Context) (T, error)) (T, error) {
	parent, end := context.WithCancelCause(context.Background())
	defer end(nil)
	defer context.AfterFunc(ctx, func() { end(context.Cause(ctx)) })()
	actx, cancel := context.WithTimeoutCause(parent, limit, ErrLimit)
	defer cancel()
	value, err := attempt(actx)
	if err != nil && actx.Err() != nil {
		// ErrLimit, or the cause of ctx, which ended first.
		err = errors.Join(err, context.Cause(actx))
	}
	return value, err
}

func Retry[T any](ctx context.Context, p Policy, attempt func(context.Context) (T, error)) (T, error) {
	var zero T
	var all error
	pause := p.Pause
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return zero, errors.Join(all, context.Cause(ctx))
		}
		value, err := try(ctx, p.Limit, attempt)
		if err == nil {
			return value, nil
		}
		all = errors.Join(all, err)
		if ctx.Err() != nil {
			return zero, errors.Join(all, context.Cause(ctx))
		}
		if n == p.Attempts || errors.Is(err, ErrPermanent) {
			return zero, all
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < pause {
			return zero, errors.Join(all, context.DeadlineExceeded)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, p.MaxPause)
	}
}
