//right: each goroutine waits for its process and notes how it ended under a mutex, which Signal and Kill need, too

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
	var mu sync.Mutex // guards the below
	over := make([]bool, len(procs))
	errs := make([]error, len(procs))
	asked, killed := false, false
	limit := make(chan struct{}) // closed when the group is asked

	eachLocked := func(do func(Process)) {
		for i, p := range procs {
			if !over[i] {
				do(p)
			}
		}
	}
	askLocked := func(sig os.Signal) {
		asked = true
		close(limit)
		eachLocked(func(p Process) { _ = p.Signal(sig) })
	}
	killLocked := func() {
		if !killed {
			killed = true
			eachLocked(func(p Process) { _ = p.Kill() })
		}
	}

	var wg sync.WaitGroup
	for i, p := range procs {
		wg.Go(func() {
			err := p.Wait()
			mu.Lock()
			defer mu.Unlock()
			over[i] = true
			if err != nil {
				errs[i] = fmt.Errorf("%s: %w", p.Name(), err)
				if !asked {
					askLocked(syscall.SIGTERM)
				}
			}
		})
	}
	done := make(chan struct{})
	var listener sync.WaitGroup
	listener.Go(func() {
		began := limit
		var late <-chan time.Time
		for {
			select {
			case <-done:
				return
			case <-began:
				began, late = nil, time.After(within)
			case sig := <-signals:
				mu.Lock()
				if asked {
					killLocked()
				} else {
					askLocked(sig)
				}
				mu.Unlock()
			case <-late:
				mu.Lock()
				killLocked()
				mu.Unlock()
			}
		}
	})
	wg.Wait()
	close(done)
	listener.Wait()
	return errors.Join(errs...)
}
