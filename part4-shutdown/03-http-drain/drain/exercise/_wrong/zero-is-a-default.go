//wrong: takes a Linger of 0 for one that was not set, and lingers for a second
//want:  Linger is 0, which is no wait at all
//kind:  contract

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
	served := make(chan error)
	go func() { served <- srv.Serve() }()

	var failure, early error
	select {
	case early = <-served:
		d.NotReady()
	case <-ctx.Done():
		d.NotReady()
		if d.Linger == 0 {
			d.Linger = time.Second
		}
		linger := time.NewTimer(d.Linger)
		defer linger.Stop()
		select {
		case early = <-served:
		case <-linger.C:
		}
	}

	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Grace)
	defer cancel()
	if failure = srv.Shutdown(limited); failure != nil {
		failure = errors.Join(failure, srv.Close())
	}
	if early != nil {
		failure = errors.Join(early, failure)
	} else if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		failure = errors.Join(err, failure)
	}
	if failure != nil {
		report(failure)
		return 1
	}
	return 0
}
