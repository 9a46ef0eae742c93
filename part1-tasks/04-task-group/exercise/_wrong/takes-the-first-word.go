//wrong: returns whatever comes first, be it an error
//want:  Fetch returned A's error
//kind:  error lost

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
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	inner, cancel := context.WithCancelCause(ctx)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel(ErrLost)

	answers := make(chan answer, len(mirrors))
	for _, mirror := range mirrors {
		calls.Go(func() {
			file, err := get(inner, mirror)
			if err != nil {
				err = fmt.Errorf("%s: %w", mirror, err)
			}
			answers <- answer{file, err}
		})
		select {
		case a := <-answers:
			return a.file, a.err
		case <-time.After(hedge):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	select {
	case a := <-answers:
		return a.file, a.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
