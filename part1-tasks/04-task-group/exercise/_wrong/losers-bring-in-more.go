//wrong: goes on in its loop until the losers have ended, and the error of each cancelled call brings in another mirror
//want:  that error brings in no mirror
//kind:  unbounded

// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
	"fmt"
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
	type answer struct {
		mirror string
		file   []byte
		err    error
	}
	answers := make(chan answer)
	rest := mirrors
	open := 0
	ask := func() {
		m := rest[0]
		rest = rest[1:]
		open++
		go func() {
			file, err := get(callCtx, m)
			answers <- answer{m, file, err}
		}()
	}
	ask()
	var errs []error
	var file []byte
	won := false
	timer := time.NewTimer(hedge)
	defer timer.Stop()
	for open > 0 {
		select {
		case a := <-answers:
			open--
			switch {
			case a.err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", a.mirror, a.err))
				if len(rest) > 0 && ctx.Err() == nil {
					ask()
					timer.Reset(hedge)
				}
			case !won && ctx.Err() == nil:
				file, won = a.file, true
				timer.Stop()
				cancel(ErrLost)
			}
		case <-timer.C:
			if len(rest) > 0 && ctx.Err() == nil {
				ask()
				timer.Reset(hedge)
			}
		}
	}
	switch {
	case won:
		return file, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return nil, errors.Join(errs...)
}
