//wrong: asks the first eight processes and no more
//want:  was not asked: Run asks each process
//kind:  work lost

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
	for i, p := range procs {
		go func() { ends <- end{i, p.Wait()} }()
	}

	running := slices.Clone(procs) // nil: it has ended
	each := func(do func(Process)) {
		for _, p := range running[:min(len(running), 8)] {
			if p != nil {
				do(p)
			}
		}
	}
	var asked, killed bool
	var late <-chan time.Time // nil: not asked, or all over
	ask := func(sig os.Signal) {
		asked, late = true, time.After(within)
		each(func(p Process) { _ = p.Signal(sig) })
	}
	kill := func() {
		if !killed {
			killed, late = true, nil
			each(func(p Process) { _ = p.Kill() })
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
				if asked {
					kill()
				} else {
					ask(sig)
				}
			case <-late:
				kill()
			}
		}
	}
	return errors.Join(errs...)
}
