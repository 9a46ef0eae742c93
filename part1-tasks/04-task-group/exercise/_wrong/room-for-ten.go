//wrong: the channel has room for ten answers: with more losers at once, those that find no room wait forever
//want:  waits to send to a channel
//kind:  deadlock

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
	ErrLost      = errors.New("another mirror was faster")
	ErrNoMirrors = errors.New("no mirrors")
)

type answer struct {
	i    int
	file []byte
	err  error
}

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
	callCtx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel(ErrLost)

	answers := make(chan answer, 10)
	next := 0
	ask := func() {
		i := next
		next++
		wg.Go(func() {
			file, err := get(callCtx, mirrors[i])
			answers <- answer{i, file, err}
		})
	}
	ask()
	timer := time.NewTimer(hedge)
	defer timer.Stop()

	var errs []error
	failed := 0
	for {
		select {
		case a := <-answers:
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if a.err == nil {
				return a.file, nil
			}
			errs = append(errs, fmt.Errorf("%s: %w", mirrors[a.i], a.err))
			failed++
			if failed == len(mirrors) {
				return nil, errors.Join(errs...)
			}
		case <-timer.C:
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if next < len(mirrors) {
			ask()
			timer.Reset(hedge)
		}
	}
}
