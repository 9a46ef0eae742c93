//right: one loop with three states, and a map of the processes that still run

// Package exercise is yours: write Run.
package exercise

import (
	"errors"
	"fmt"
	"os"
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
	ends := make(chan end, len(procs))
	running := make(map[int]Process)
	for i, p := range procs {
		running[i] = p
		go func() { ends <- end{i, p.Wait()} }()
	}
	limit := time.NewTimer(time.Hour)
	limit.Stop()
	defer limit.Stop()
	state := "working"
	next := func(sig os.Signal) { // from one state to the next
		switch state {
		case "working":
			state = "asked"
			limit.Reset(within)
			for _, p := range running {
				_ = p.Signal(sig)
			}
		case "asked":
			state = "killed"
			limit.Stop()
			for _, p := range running {
				_ = p.Kill()
			}
		}
	}
	errs := make([]error, len(procs))
	for len(running) > 0 {
		select {
		case e := <-ends:
			delete(running, e.i)
			if e.err == nil {
				break
			}
			errs[e.i] = fmt.Errorf("%s: %w", procs[e.i].Name(), e.err)
			if state == "working" {
				next(syscall.SIGTERM)
			}
		case sig := <-signals:
			next(sig)
		case <-limit.C:
			next(nil)
		}
	}
	return errors.Join(errs...)
}
