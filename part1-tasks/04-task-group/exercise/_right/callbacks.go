//right: no loop: a mutex guards the state, and timer and calls bring in the next mirror themselves

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

type download struct {
	mirrors []string
	hedge   time.Duration
	get     func(ctx context.Context, mirror string) ([]byte, error)
	ctx     context.Context
	cancel  context.CancelCauseFunc
	calls   sync.WaitGroup
	decided chan struct{}

	mu     sync.Mutex // guards the below
	over   bool
	asked  int
	failed []error
	timer  *time.Timer
	file   []byte
	err    error
}

// Fetch asks one mirror after the other and returns the first good answer.
func Fetch(ctx context.Context, mirrors []string, hedge time.Duration, get func(context.Context, string) ([]byte, error)) ([]byte, error) {
	if len(mirrors) == 0 {
		return nil, ErrNoMirrors
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	inner, cancel := context.WithCancelCause(ctx)
	d := &download{mirrors: mirrors, hedge: hedge, get: get, ctx: inner, cancel: cancel, decided: make(chan struct{})}
	d.mu.Lock()
	d.askLocked()
	d.mu.Unlock()
	select {
	case <-d.decided:
	case <-ctx.Done():
		d.mu.Lock()
		d.endLocked(nil, context.Cause(ctx))
		d.mu.Unlock()
	}
	d.calls.Wait()
	return d.file, d.err
}

func (d *download) askLocked() {
	if d.over || d.ctx.Err() != nil || d.asked == len(d.mirrors) {
		return
	}
	mirror := d.mirrors[d.asked]
	d.asked++
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer = time.AfterFunc(d.hedge, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.askLocked()
	})
	d.calls.Go(func() {
		file, err := d.get(d.ctx, mirror)
		d.mu.Lock()
		defer d.mu.Unlock()
		switch {
		case d.over || d.ctx.Err() != nil:
		case err == nil:
			d.endLocked(file, nil)
		default:
			d.failed = append(d.failed, fmt.Errorf("%s: %w", mirror, err))
			if len(d.failed) == len(d.mirrors) {
				d.endLocked(nil, errors.Join(d.failed...))
			} else {
				d.askLocked()
			}
		}
	})
}

func (d *download) endLocked(file []byte, err error) {
	if d.over {
		return
	}
	d.over, d.file, d.err = true, file, err
	d.timer.Stop()
	d.cancel(ErrLost)
	close(d.decided)
}
