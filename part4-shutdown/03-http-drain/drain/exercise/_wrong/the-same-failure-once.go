//wrong: compares the error of Close with that of Shutdown by ==, which panics on some types
//want:  == and the key of a map fail on some types
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
	returned := false
	select {
	case err := <-served:
		returned = true
		failures = append(failures, err)
	case <-ctx.Done():
	}
	d.NotReady()
	if !returned && d.Linger > 0 {
		linger := time.NewTimer(d.Linger)
		select {
		case err := <-served:
			returned = true
			failures = append(failures, err)
		case <-linger.C:
		}
		linger.Stop()
	}
	shut, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Grace)
	defer cancel()
	if err := srv.Shutdown(shut); err != nil {
		failures = append(failures, err)
		if closed := srv.Close(); closed != nil && closed != err {
			failures = append(failures, closed)
		}
	}
	if !returned {
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
