//wrong: a ticker from the start brings in the next mirror, so that a failure does not make hedge count anew
//want:  so C is to be asked at 1.4s and D one hedge later
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

func Fetch(
	ctx context.Context,
	mirrors []string,
	hedge time.Duration,
	get func(ctx context.Context, mirror string) ([]byte, error),
) ([]byte, error) {
	if len(mirrors) == 0 {
		return nil, ErrNoMirrors
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	type answer struct {
		data []byte
		err  error
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	calls, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	answers := make(chan answer, len(mirrors))
	timer := time.NewTicker(hedge)
	defer timer.Stop()
	next := 0
	ask := func() {
		if next == len(mirrors) {
			return
		}
		mirror := mirrors[next]
		next++

		wg.Go(func() {
			data, err := get(calls, mirror)
			if err != nil {
				err = fmt.Errorf("%s: %w", mirror, err)
			}
			answers <- answer{data, err}
		})
	}
	ask()
	var errs []error
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-timer.C:
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			ask()
		case a := <-answers:
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if a.err == nil {
				cancel(ErrLost)
				return a.data, nil
			}
			if errs = append(errs, a.err); len(errs) == len(mirrors) {
				return nil, errors.Join(errs...)
			}
			ask()
		}
	}
}
