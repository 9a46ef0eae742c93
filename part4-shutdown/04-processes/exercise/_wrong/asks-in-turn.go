//wrong: asks one process, waits for its end, and only then asks the next: each has a deadline of its own
//want:  the clean-ups take 1s, 2s and 1s: worker 1 was sent [
//kind:  sequential

// Package exercise is yours: write Run.
package exercise

import (
	"errors"
	"fmt"
	"os"
	"slices"
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
	type end struct {
		i   int
		err error
	}
	ends := make(chan end)
	gone := make([]chan struct{}, len(procs))
	for i, p := range procs {
		gone[i] = make(chan struct{})
		go func() {
			err := p.Wait()
			close(gone[i])
			ends <- end{i, err}
		}()
	}

	running := slices.Clone(procs) // nil: it has ended
	var asked bool
	ask := func(sig os.Signal) {
		asked = true
		for i, p := range running {
			if p == nil {
				continue
			}
			_ = p.Signal(sig)
			select {
			case <-gone[i]:
			case <-time.After(within):
				_ = p.Kill()
			}
		}
	}

	errs := make([]error, len(procs))
	for range procs {
		for ended := false; !ended; {
			select {
			case e := <-ends:
				ended, running[e.i] = true, nil
				if e.err != nil {
					errs[e.i] = fmt.Errorf("%s: %w", procs[e.i].Name(), e.err)
					if !asked {
						ask(syscall.SIGTERM)
					}
				}
			case sig := <-signals:
				if !asked {
					ask(sig)
				}
			}
		}
	}
	return errors.Join(errs...)
}
