//wrong: a data race: each goroutine appends to the same list, in the order in which they end
//want:  Run returned "worker 2: exit status 1\nworker 0
//kind:  race

// Package exercise is yours: write Run.
package exercise

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
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
	var errs []error
	var once sync.Once
	failed := make(chan struct{})
	ended := make([]chan struct{}, len(procs))
	var waiting sync.WaitGroup
	for i, p := range procs {
		ended[i] = make(chan struct{})
		waiting.Go(func() {
			err := p.Wait()
			close(ended[i])
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.Name(), err))
				once.Do(func() { close(failed) })
			}
		})
	}
	over := make(chan struct{})
	go func() { waiting.Wait(); close(over) }()
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
	case <-failed:
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
	return errors.Join(errs...)
}
