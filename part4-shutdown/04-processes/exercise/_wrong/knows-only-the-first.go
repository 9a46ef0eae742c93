//wrong: an errgroup: the first failure is returned, those of the others are lost
//want:  Run returned "worker 1: exit status 1", not "worker 1: exit status 1\nworker 2: signal: killed"
//kind:  error lost

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Process is a child process that has been started.
type Process interface {
	Name() string
	Signal(sig os.Signal) error
	Kill() error
	Wait() error
}

// Run looks after a group of child processes until the last one has ended, and returns what went wrong.
func Run(signals <-chan os.Signal, within time.Duration, procs []Process) error {
	g, failed := errgroup.WithContext(context.Background())
	ended := make([]chan struct{}, len(procs))
	for i, p := range procs {
		ended[i] = make(chan struct{})
		g.Go(func() error {
			defer close(ended[i])
			if err := p.Wait(); err != nil {
				return fmt.Errorf("%s: %w", p.Name(), err)
			}
			return nil
		})
	}
	over := make(chan struct{})
	var err error
	go func() { err = g.Wait(); close(over) }()
	each := func(do func(Process)) {
		for i, p := range procs {
			select {
			case <-ended[i]:
			default:
				do(p)
			}
		}
	}

	sig := os.Signal(syscall.SIGTERM)
	select {
	case sig = <-signals:
	case <-failed.Done():
	case <-over:
	}
	each(func(p Process) { _ = p.Signal(sig) })
	select {
	case <-signals:
	case <-time.After(within):
	case <-over:
	}
	each(func(p Process) { _ = p.Kill() })
	<-over
	return err
}
