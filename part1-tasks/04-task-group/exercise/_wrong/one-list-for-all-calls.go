//wrong: collects the errors in a variable of the package, so that two calls of Fetch mix theirs
//want:  Fetch was called twice, each time for two mirrors that fail
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

var failed []error // of all mirrors

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
	timer := time.NewTimer(0)                  // asks the first one
	defer timer.Stop()
	failed = nil
	lost := 0
	for asked := 0; ; {
		select {
		case a := <-answers:
			if a.err == nil {
				return a.file, nil
			}
			lost++
			failed = append(failed, a.err)
		case <-timer.C:
		case <-ctx.Done():
		}
		switch {
		case ctx.Err() != nil: // looked at here, because select picks any ready case at random
			return nil, context.Cause(ctx)
		case lost == len(mirrors):
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
