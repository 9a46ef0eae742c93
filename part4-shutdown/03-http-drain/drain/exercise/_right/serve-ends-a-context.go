//right: the return of Serve ends a context, which the linger waits on; the sequence is written once

// Package exercise is yours to mend: Run drains a server, and gets most of it wrong.
package exercise

import (
	"context"
	"errors"
	"fmt"
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
	serving, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(nil)
	go func() { end(fmt.Errorf("serve: %w", srv.Serve())) }()

	first := make(chan struct{}, 1)
	stop := context.AfterFunc(ctx, func() { first <- struct{}{} })
	defer stop()
	select {
	case <-serving.Done():
	case <-first:
	}
	d.NotReady()
	if ctx.Err() != nil {
		linger, cancel := context.WithTimeout(serving, d.Linger)
		<-linger.Done()
		cancel()
	}
	early := serving.Err() != nil

	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Grace)
	defer cancel()
	err := srv.Shutdown(limited)
	if err != nil {
		err = errors.Join(fmt.Errorf("shutdown: %w", err), srv.Close())
	}
	<-serving.Done()
	if cause := context.Cause(serving); early || !errors.Is(cause, http.ErrServerClosed) {
		err = errors.Join(err, cause)
	}
	if err == nil {
		return 0
	}
	report(err)
	return 1
}
