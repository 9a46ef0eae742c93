//wrong: keeps the last ten errors, so that the list does not grow
//want:  it joins all that happened, however long ago
//kind:  error lost

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
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	pause := p.Pause
	for n := 1; ; n++ {
		value, err := once(ctx, p.Limit, attempt)
		if err == nil {
			return value, nil
		}
		happened = append(happened, err)
		if len(happened) > 10 {
			happened = happened[1:]
		}
		if ctx.Err() == nil && (n == p.Attempts || errors.Is(err, ErrPermanent)) {
			return none, errors.Join(happened...)
		}
		if err := wait(ctx, pause); err != nil {
			return none, errors.Join(append(happened, err)...)
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

// wait returns nil after d. If ctx has ended or ends, it returns the cause, and
// if ctx is bound to end before d is over, it does not wait at all.
func wait(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return context.DeadlineExceeded
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // both may be ready, and select picks one at random
		return context.Cause(ctx)
	}
	return nil
}
