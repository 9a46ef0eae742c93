//wrong: keeps an error only if its text differs from that of the error before it
//want: two errors that have the same text
//kind: error lost

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

func Retry[T any](ctx context.Context, p Policy, attempt func(context.Context) (T, error)) (T, error) {
	var none T
	var errs []error
	pause := p.Pause
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return none, errors.Join(append(errs, context.Cause(ctx))...)
		}
		value, timedOut, err := once(ctx, p.Limit, attempt)
		if err == nil {
			return value, nil
		}
		if len(errs) == 0 || errs[len(errs)-1].Error() != err.Error() {
			errs = append(errs, err)
		}
		if timedOut {
			errs = append(errs, ErrLimit)
		}
		if ctx.Err() != nil {
			return none, errors.Join(append(errs, context.Cause(ctx))...)
		}
		if n == p.Attempts || errors.Is(err, ErrPermanent) {
			return none, errors.Join(errs...)
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
			return none, errors.Join(append(errs, context.DeadlineExceeded)...)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
		pause = min(2*pause, p.MaxPause)
	}
}

func once[T any](ctx context.Context, limit time.Duration, attempt func(context.Context) (T, error)) (T, bool, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, ErrLimit)
	defer cancel()
	value, err := attempt(ctx)
	return value, context.Cause(ctx) == ErrLimit, err
}
