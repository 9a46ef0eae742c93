//wrong: the calls have a context that a goroutine ends when ctx ends, and it waits for nothing else: a leak while ctx lives
//want:  leak: Fetch has returned, ctx is still alive
//kind:  leak

// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
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
	race, finish := context.WithCancelCause(context.WithoutCancel(ctx))
	defer finish(nil)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	go func() {
		<-ctx.Done()
		finish(context.Cause(ctx))
	}()
	var (
		calls  sync.WaitGroup
		winner atomic.Pointer[[]byte]
		fails  = make(chan struct{}, len(mirrors))
		errs   = make([]error, len(mirrors))
	)
	owed := 0 // mirrors that failures have brought in
walk:
	for i, m := range mirrors {
		if i > 0 && owed == 0 {
			t := time.NewTimer(hedge)
			select {
			case <-t.C:
			case <-fails:
				owed++
			case <-race.Done():
			}
			t.Stop()
		}
		if owed > 0 {
			owed--
		}
		for more := true; more; {
			select {
			case <-fails:
				owed++
			default:
				more = false
			}
		}
		if race.Err() != nil {
			break walk
		}
		calls.Add(1)
		go func() {
			defer calls.Done()
			data, err := get(race, m)
			if err != nil {
				errs[i] = fmt.Errorf("%s: %w", m, err)
				fails <- struct{}{}
				return
			}
			if ctx.Err() == nil && winner.CompareAndSwap(nil, &data) {
				finish(ErrLost)
			}
		}()
	}
	calls.Wait()
	if w := winner.Load(); w != nil {
		return *w, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, errors.Join(errs...)
}
