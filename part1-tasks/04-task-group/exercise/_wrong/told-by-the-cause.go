//wrong: tells by the cause ErrLost that a mirror has answered: inside a call of another Fetch, which ends with ErrLost, it returns no file and no error
//want:  ErrLost does not say whose it is
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
	ErrLost      = errors.New("another mirror was faster")
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
	callCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		file []byte
		errs []error
	)
	failed := make(chan struct{}, len(mirrors))
	timer := time.NewTimer(hedge)
	defer timer.Stop()
	for i, m := range mirrors {
		if i > 0 {
			select {
			case <-failed:
			case <-timer.C:
			case <-callCtx.Done():
			}
			if callCtx.Err() != nil {
				break
			}
			timer.Reset(hedge)
		}
		wg.Go(func() {
			f, err := get(callCtx, m)
			mu.Lock()
			defer mu.Unlock()
			if callCtx.Err() != nil {
				return
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", m, err))
				failed <- struct{}{}
				return
			}
			file = f
			cancel(ErrLost)
		})
	}
	wg.Wait()
	switch cause := context.Cause(callCtx); {
	case errors.Is(cause, ErrLost):
		return file, nil
	case cause != nil:
		return nil, cause
	}
	return nil, errors.Join(errs...)
}
