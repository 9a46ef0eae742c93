//wrong: does not look at ctx: its end makes the calls fail, and each failure brings in another mirror
//want:  with a ctx that had ended
//kind:  lost cancellation

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
	timer := time.NewTimer(hedge)
	defer timer.Stop()
	next := 0
	ask := func() {
		if next == len(mirrors) {
			return
		}
		mirror := mirrors[next]
		next++
		timer.Reset(hedge)
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

		case <-timer.C:
			ask()
		case a := <-answers:
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
