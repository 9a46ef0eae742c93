//wrong: gives each mirror one hedge of time, then gives it up and asks the next: never two at once
//want:  when it was merely slower than hedge
//kind:  sequential

// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrLost is why a call of get is cancelled once another mirror has answered.
	ErrLost = errors.New("another mirror was faster")

	// ErrNoMirrors is what Fetch returns when there are no mirrors to ask.
	ErrNoMirrors = errors.New("no mirrors")
)

// Fetch asks one mirror after the other, hedge apart or when one fails, and
// returns the first good answer.
func Fetch(
	ctx context.Context,
	mirrors []string,
	hedge time.Duration,
	get func(ctx context.Context, mirror string) ([]byte, error),
) ([]byte, error) {
	if len(mirrors) == 0 {
		return nil, ErrNoMirrors
	}
	var failed []error
	for _, mirror := range mirrors {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		attempt, cancel := context.WithTimeout(ctx, hedge)
		file, err := get(attempt, mirror)
		cancel()
		if err == nil {
			return file, nil
		}
		failed = append(failed, fmt.Errorf("%s: %w", mirror, err))
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, errors.Join(failed...)
}
