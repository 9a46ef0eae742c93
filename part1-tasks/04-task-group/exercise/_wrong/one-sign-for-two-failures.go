//wrong: tells of a failure through a channel with room for one sign: of two failures at once, one brings in no mirror
//want:  five mirrors failed at 4.5s, at the same instant
//kind:  timing

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

type answer struct {
	file []byte
	err  error
}

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
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel(ErrLost) // comes before Wait

	answers := make(chan answer, len(mirrors)) // room for each: no loser waits to be heard
	more := make(chan struct{}, 1)
	timer := time.NewTimer(0) // asks the first one
	defer timer.Stop()
	var failed []error
	for asked := 0; ; {
		select {
		case a := <-answers:
			if a.err == nil {
				return a.file, nil
			}
			failed = append(failed, a.err)
			select {
			case more <- struct{}{}:
			default: // it is known already
			}
			if len(failed) < len(mirrors) && ctx.Err() == nil {
				continue
			}
		case <-more:
		case <-timer.C:
		case <-ctx.Done():
		}
		switch {
		case ctx.Err() != nil: // looked at here, because select picks any ready case at random
			return nil, context.Cause(ctx)
		case len(failed) == len(mirrors):
			return nil, errors.Join(failed...)
		case asked < len(mirrors):
			mirror := mirrors[asked]
			asked++
			calls.Go(func() {
				file, err := get(inner, mirror)
				if err != nil {
					err = fmt.Errorf("%s: %w", mirror, err)
				}
				answers <- answer{file, err}
			})
			timer.Reset(hedge)
		}
	}
}
