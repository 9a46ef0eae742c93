//wrong: lets all mirrors race from the start: each fetch is paid for many times
//want:  so no other mirror is to be asked
//kind:  unbounded

// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/asyncio-to-go/part1-tasks/tasks"
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
	var calls []func(context.Context) ([]byte, error)
	for _, mirror := range mirrors {
		calls = append(calls, func(ctx context.Context) ([]byte, error) {
			file, err := get(ctx, mirror)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", mirror, err)
			}
			return file, nil
		})
	}
	first, err := tasks.Race(ctx, calls...)
	if err != nil {
		return nil, err
	}
	return first.Value, nil
}
