//wrong: a goroutine ranges over the signals, which are never closed, and so never ends
//want:  leak: Run has returned, and a goroutine is left behind
//kind:  leak

// Package exercise is yours: write Run.
package exercise

import (
	"context"
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
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var mu sync.Mutex // guards the below
	var asked, killed bool
	running := make(map[int]Process)
	for i, p := range procs {
		running[i] = p
	}
	kill := func() {
		mu.Lock()
		defer mu.Unlock()
		if !killed {
			killed = true
			for _, p := range running {
				_ = p.Kill()
			}
		}
	}
	ask := func(sig os.Signal) (first bool) {
		mu.Lock()
		defer mu.Unlock()
		if asked {
			return false
		}
		asked = true
		for _, p := range running {
			_ = p.Signal(sig)
		}
		go func() {
			select {
			case <-time.After(within):
				kill()
			case <-ctx.Done():
			}
		}()
		return true
	}
	go func() {
		for sig := range signals {
			if !ask(sig) {
				kill()
			}
		}
	}()

	errs := make([]error, len(procs))
	var waiting sync.WaitGroup
	for i, p := range procs {
		waiting.Go(func() {
			err := p.Wait()
			mu.Lock()
			delete(running, i)
			mu.Unlock()
			if err != nil {
				errs[i] = fmt.Errorf("%s: %w", p.Name(), err)
				ask(syscall.SIGTERM)
			}
		})
	}
	waiting.Wait()
	return errors.Join(errs...)
}
