//wrong: waits for one process after the other, and does not see that a later one fails
//want:  worker 2 ignores signals: worker 0 was sent [], not [terminated 2s]
//kind:  sequential

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
	over := make(chan struct{})
	failed := make(chan struct{}, len(procs))
	var mu sync.Mutex // guards ended
	ended := make([]bool, len(procs))
	each := func(do func(Process)) {
		mu.Lock()
		defer mu.Unlock()
		for i, p := range procs {
			if !ended[i] {
				do(p)
			}
		}
	}

	var asking sync.WaitGroup
	asking.Go(func() {
		var sig os.Signal
		select {
		case sig = <-signals:
		case <-failed:
			sig = syscall.SIGTERM
		case <-over:
			return
		}
		each(func(p Process) { _ = p.Signal(sig) })
		select {
		case <-signals:
		case <-time.After(within):
		case <-over:
			return
		}
		each(func(p Process) { _ = p.Kill() })
	})

	var errs []error
	for i, p := range procs {
		err := p.Wait()
		mu.Lock()
		ended[i] = true
		mu.Unlock()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Name(), err))
			failed <- struct{}{}
		}
	}
	close(over)
	asking.Wait()
	return errors.Join(errs...)
}
