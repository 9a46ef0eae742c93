//wrong: keeps the last error only, without its mirror: what was wrong with the others is lost
//want:  and the error does not say
//kind:  error lost

// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
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
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	inner, cancel := context.WithCancelCause(ctx)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel(ErrLost)

	answers := make(chan answer, len(mirrors))
	asked := 0
	ask := func() {
		mirror := mirrors[asked]
		asked++
		calls.Go(func() {
			file, err := get(inner, mirror)
			answers <- answer{file, err}
		})
	}
	ask()
	timer := time.NewTimer(hedge)
	defer timer.Stop()
	var last error
	for failed := 0; failed < len(mirrors); {
		select {
		case a := <-answers:
			if a.err == nil {
				return a.file, nil
			}
			failed, last = failed+1, a.err
		case <-timer.C:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if asked < len(mirrors) {
			ask()
			timer.Reset(hedge)
		}
	}
	return nil, last
}
