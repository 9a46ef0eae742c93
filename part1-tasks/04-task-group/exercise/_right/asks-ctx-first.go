//right: a for over the mirrors, each with a timer and a cancel func of its own, and an error type; ctx is asked before the mirrors are counted

// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
	"time"
)

var (
	ErrLost      = errors.New("another mirror was faster")
	ErrNoMirrors = errors.New("no mirrors")
)

type mirrorError struct {
	mirror string
	err    error
}

func (e *mirrorError) Error() string { return e.mirror + ": " + e.err.Error() }
func (e *mirrorError) Unwrap() error { return e.err }

type outcome struct {
	file []byte
	err  *mirrorError
}

func Fetch(
	ctx context.Context,
	mirrors []string,
	hedge time.Duration,
	get func(ctx context.Context, mirror string) ([]byte, error),
) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(mirrors) == 0 {
		return nil, ErrNoMirrors
	}
	outcomes := make(chan outcome)
	var cancels []context.CancelCauseFunc
	open := 0
	defer func() {
		for _, cancel := range cancels {
			cancel(ErrLost)
		}
		for ; open > 0; open-- {
			<-outcomes
		}
	}()
	ask := func(m string) {
		callCtx, cancel := context.WithCancelCause(ctx)
		cancels = append(cancels, cancel)
		open++
		go func() {
			file, err := get(callCtx, m)
			if err != nil {
				outcomes <- outcome{err: &mirrorError{m, err}}
				return
			}
			outcomes <- outcome{file: file}
		}()
	}
	var failures []error
	// wait returns true when Fetch is over.
	wait := func(turn <-chan time.Time) (file []byte, err error, over bool) {
		select {
		case <-ctx.Done():
		case <-turn:
		case o := <-outcomes:
			open--
			if ctx.Err() == nil && o.err == nil {
				return o.file, nil, true
			}
			if o.err != nil {
				failures = append(failures, o.err)
			}
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx), true
		}
		return nil, nil, false
	}
	for _, m := range mirrors {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		ask(m)
		if len(cancels) == len(mirrors) {
			break
		}
		timer := time.NewTimer(hedge)
		file, err, over := wait(timer.C)
		timer.Stop()
		if over {
			return file, err
		}
	}
	for len(failures) < len(mirrors) {
		if file, err, over := wait(nil); over {
			return file, err
		}
	}
	return nil, errors.Join(failures...)
}
