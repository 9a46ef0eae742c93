//wrong: groups equal errors in a map, which panics on an error that cannot be a key
//want:  hash of unhashable type
//kind:  error lost

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
	var mu sync.Mutex
	ended := make([]bool, len(procs))
	errs := make([]error, len(procs))
	groups := map[error][]string{}
	ends := make(chan error, len(procs))
	for i, p := range procs {
		go func() {
			err := p.Wait()
			mu.Lock()
			defer mu.Unlock()
			ended[i] = true
			if err != nil {
				groups[err] = append(groups[err], p.Name())
				errs[i] = fmt.Errorf("%s: %w", p.Name(), err)
			}
			ends <- err
		}()
	}
	each := func(do func(Process) error) {
		mu.Lock()
		defer mu.Unlock()
		for i, p := range procs {
			if !ended[i] {
				_ = do(p)
			}
		}
	}
	asked, clock := false, time.NewTimer(within)
	clock.Stop()
	ask := func(sig os.Signal) {
		if asked {
			return
		}
		asked = true
		clock.Reset(within)
		each(func(p Process) error { return p.Signal(sig) })
	}
	kill := func() {
		signals = nil
		clock.Stop()
		each(Process.Kill)
	}
	for left := len(procs); left > 0; {
		select {
		case err := <-ends:
			left--
			if err != nil {
				ask(syscall.SIGTERM)
			}
		case sig := <-signals:
			if asked {
				kill()
			} else {
				ask(sig)
			}
		case <-clock.C:
			kill()
		}
	}
	clock.Stop()
	mu.Lock()
	defer mu.Unlock()
	return errors.Join(errs...)
}
