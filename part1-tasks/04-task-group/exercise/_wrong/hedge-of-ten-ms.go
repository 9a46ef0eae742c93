//wrong: takes a hedge of less than ten milliseconds for ten
//want:  Fetch takes hedge as it is
//kind:  timing

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

type answer struct {
	mirror string
	file   []byte
	err    error
}

// Fetch asks several mirrors for the same file.
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
	hedge = max(hedge, 10*time.Millisecond)
	calls, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make(chan answer, len(mirrors))
	timer := time.NewTimer(hedge)
	defer timer.Stop()
	asked, running := 0, 0
	ask := func() {
		if asked == len(mirrors) {
			return
		}
		mirror := mirrors[asked]
		asked++
		running++
		timer.Reset(hedge)
		go func() {
			file, err := get(calls, mirror)
			answers <- answer{mirror, file, err}
		}()
	}
	wait := func() {
		for ; running > 0; running-- {
			<-answers
		}
	}
	var failed []error
	ask()
	for running > 0 {
		select {
		case <-ctx.Done():
			wait()
			return nil, context.Cause(ctx)
		case <-timer.C:
			if ctx.Err() == nil {
				ask()
			}
		case a := <-answers:
			running--
			if ctx.Err() != nil {
				wait()
				return nil, context.Cause(ctx)
			}
			if a.err == nil {
				cancel(ErrLost)
				wait()
				return a.file, nil
			}
			failed = append(failed, fmt.Errorf("%s: %w", a.mirror, a.err))
			ask()
		}
	}
	return nil, errors.Join(failed...)
}
