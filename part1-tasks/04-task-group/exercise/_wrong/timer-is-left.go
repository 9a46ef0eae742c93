//wrong: time.AfterFunc brings in the next mirror and is not stopped: it asks one more after Fetch has returned
//want:  a timer that it has started must be stopped
//kind:  leak

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

	answers := make(chan answer, len(mirrors))
	var mu sync.Mutex
	next := 0
	var timer *time.Timer
	var ask func()
	ask = func() {
		mu.Lock()
		defer mu.Unlock()
		if next == len(mirrors) {
			return
		}
		i := next
		next++
		if timer != nil {
			timer.Stop()
		}
		timer = time.AfterFunc(hedge, ask)
		wg.Go(func() {
			file, err := get(callCtx, mirrors[i])
			answers <- answer{i, file, err}
		})
	}
	ask()

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
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		ask()
	}
}
