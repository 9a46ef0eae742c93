//wrong: each call that succeeds writes the result, unguarded: a loser that is late overwrites the winner
//want:  Fetch returned the loser's
//kind:  race

// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
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
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		file   []byte
		failed []error
		calls  sync.WaitGroup
	)
	next := make(chan struct{}, len(mirrors))
	for _, mirror := range mirrors {
		if inner.Err() != nil {
			break
		}
		calls.Go(func() {
			got, err := get(inner, mirror)
			if err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", mirror, err))
				next <- struct{}{}
				return
			}
			file = got
			cancel(ErrLost)
		})
		select {
		case <-next:
		case <-time.After(hedge):
		case <-inner.Done():
		}
	}
	calls.Wait()
	if file != nil {
		return file, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, errors.Join(failed...)
}
