//wrong: takes http.ErrServerClosed of Close for no failure
//want:  errors.Is does not find "http: Server closed" in what was reported
//kind:  error lost

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
	if ctx.Err() != nil {
		return 0
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve() }()
	var failures []error
	gone := false
	select {
	case err := <-served:
		failures, gone = append(failures, err), true
		d.NotReady()
	case <-ctx.Done():
		d.NotReady()
		linger := time.NewTimer(d.Linger)
		select {
		case err := <-served:
			failures, gone = append(failures, err), true
		case <-linger.C:
		}
		linger.Stop()
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Grace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		failures = append(failures, err)
		if err := srv.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			failures = append(failures, err)
		}
	}
	if !gone {
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			failures = append(failures, err)
		}
	}
	if len(failures) == 0 {
		return 0
	}
	report(errors.Join(failures...))
	return 1
}
