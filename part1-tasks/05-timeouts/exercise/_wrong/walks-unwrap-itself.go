//wrong: looks for ErrPermanent by calling Unwrap itself, so that it does not see an error that has a method Is
//want:  ask errors.Is, which calls that method
//kind:  contract

// Package exercise is yours: mend Retry.
package exercise

import (
	"context"
	"errors"
	"time"
)

// A Policy says how often, how long and how fast Retry tries.
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
	var zero T
	var errs []error
	giveUp := func() (T, error) {
		if ctx.Err() != nil {
			errs = append(errs, context.Cause(ctx))
		}
		return zero, errors.Join(errs...)
	}
	pause := p.Pause
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return giveUp()
		}
		v, err, limited := once(ctx, p, attempt)
		if err == nil {
			return v, nil
		}
		errs = append(errs, err)
		if limited {
			errs = append(errs, ErrLimit)
		}
		if n == p.Attempts || permanent(err) || ctx.Err() != nil {
			return giveUp()
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < pause {
			errs = append(errs, context.DeadlineExceeded)
			return giveUp()
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
		if pause > p.MaxPause/2 {
			pause = p.MaxPause
		} else {
			pause *= 2
		}
	}
}

func permanent(err error) bool {
	if err == ErrPermanent {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return permanent(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			if permanent(err) {
				return true
			}
		}
	}
	return false
}

func once[T any](ctx context.Context, p Policy, attempt func(context.Context) (T, error)) (v T, err error, limited bool) {
	actx, cancel := context.WithTimeoutCause(ctx, p.Limit, ErrLimit)
	defer cancel()
	v, err = attempt(actx)
	return v, err, actx.Err() != nil && context.Cause(actx) == ErrLimit
}
