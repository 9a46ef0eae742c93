//right: the pauses come from an iterator, the error is a type with Unwrap() []error, and a failure also returns the last value

// Package exercise is yours: mend Retry.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
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

type history []error

func (h history) Unwrap() []error { return h }

func (h history) Error() string {
	var b strings.Builder
	for i, err := range h {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	return b.String()
}

func (p Policy) pauses() iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for n, d := 1, p.Pause; n < p.Attempts && yield(d); n++ {
			if d > p.MaxPause/2 {
				d = p.MaxPause
			} else {
				d *= 2
			}
		}
	}
}

func Retry[T any](ctx context.Context, p Policy, attempt func(context.Context) (T, error)) (value T, err error) {
	var h history
	succeeded := false
	once := func() bool {
		if ctx.Err() != nil {
			h = append(h, context.Cause(ctx))
			return true
		}
		mine, end := context.WithCancelCause(ctx)
		timer := time.AfterFunc(p.Limit, func() { end(ErrLimit) })
		defer end(nil)
		defer timer.Stop()
		value, err = attempt(mine)
		if err == nil {
			succeeded = true
			return true
		}
		if mine.Err() != nil {
			err = fmt.Errorf("%w (%w)", err, context.Cause(mine))
		}
		h = append(h, err)
		return errors.Is(err, ErrPermanent)
	}
	done := once()
	for d := range p.pauses() {
		if done || ctx.Err() != nil {
			break
		}
		if deadline, ok := ctx.Deadline(); ok && time.Now().Add(d).After(deadline) {
			h = append(h, context.DeadlineExceeded)
			break
		}
		rest, stop := context.WithTimeout(ctx, d)
		<-rest.Done()
		stop()
		done = once()
	}
	if succeeded {
		return value, nil
	}
	if ctx.Err() != nil {
		h = append(h, context.Cause(ctx))
	}
	return value, h
}
