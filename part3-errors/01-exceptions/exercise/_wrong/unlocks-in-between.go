//wrong: takes the slice under the lock, and puts it back longer under the lock again: what another job put there in between is lost
//want:  failed at one instant
//kind:  work lost

// Package exercise is yours: write RunAll and Unwrap.
package exercise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// A Job is work with a name.
type Job struct {
	Name string
	Run  func(ctx context.Context) error
}

// ErrVanished is the failure of a job that ended by runtime.Goexit.
var ErrVanished = errors.New("the job ended without returning")

// A PanicError is what the panic of a job becomes.
type PanicError struct {
	Value any
	Stack []byte
}

// Error says what the panic said.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// RunAll runs all jobs side by side, waits for all of them and reports every
// failure by name.
func RunAll(ctx context.Context, jobs []Job) error {
	type failed struct {
		i   int
		err error
	}
	var all []failed
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Go(func() {
			failure := ErrVanished // unless it returns or panics
			defer func() {
				if value := recover(); value != nil {
					failure = &PanicError{value, debug.Stack()}
				}
				if failure != nil {
					mu.Lock()
					known := all
					mu.Unlock()
					longer := append(slices.Clone(known), failed{i, fmt.Errorf("%s: %w", job.Name, failure)})
					mu.Lock()
					all = longer
					mu.Unlock()
				}
			}()
			failure = job.Run(ctx)
		})
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b failed) int { return cmp.Compare(a.i, b.i) })
	var errs []error
	for _, f := range all {
		errs = append(errs, f.err)
	}
	return errors.Join(errs...)
}
