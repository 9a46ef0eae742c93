//right: one loop over what can happen: ctx ends, Serve returns, the linger is over, Shutdown returns; a nil channel is not waited for

// Package exercise is yours to mend: Run drains a server, and gets most of it wrong.
package exercise

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// A Server accepts requests and answers them, as http.Server does.
type Server interface {
	Serve() error
	Shutdown(ctx context.Context) error
	Close() error
}

// A Drain says how a server is drained.
type Drain struct {
	NotReady func()
	Linger   time.Duration
	Grace    time.Duration
}

// Run serves until ctx ends, then drains srv, and returns the exit status of the program.
func Run(ctx context.Context, srv Server, d Drain, report func(error)) int {
	select {
	case <-ctx.Done():
		return 0
	default:
	}
	served, shut := make(chan error, 1), make(chan error, 1)
	go func() { served <- srv.Serve() }()

	var failures []error
	var lingered <-chan time.Time
	asked, closing := ctx.Done(), false
	ready := true
	notReady := func() {
		if ready {
			ready = false
			d.NotReady()
		}
	}
	shutdown := func() {
		closing, lingered, asked = true, nil, nil
		go func() {
			limited, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
			timer := time.AfterFunc(d.Grace, func() { cancel(context.DeadlineExceeded) })
			defer timer.Stop()
			defer cancel(nil)
			err := srv.Shutdown(limited)
			if err != nil {
				err = errors.Join(err, srv.Close())
			}
			shut <- err
		}()
	}
	for left := 2; left > 0; {
		select {
		case <-asked:
			asked = nil
			notReady()
			lingered = time.After(d.Linger)
		case <-lingered:
			shutdown()
		case err := <-served:
			left--
			if !closing || !errors.Is(err, http.ErrServerClosed) {
				failures = append(failures, err)
			}
			if !closing {
				notReady()
				shutdown()
			}
		case err := <-shut:
			left--
			if err != nil {
				failures = append(failures, err)
			}
		}
	}
	if len(failures) == 0 {
		return 0
	}
	report(errors.Join(failures...))
	return 1
}
