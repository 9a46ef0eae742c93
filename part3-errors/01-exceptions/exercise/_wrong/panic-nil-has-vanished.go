//wrong: takes a panic with nil for the end by runtime.Goexit
//want:  sync called panic(nil), which is a panic like any other
//kind:  error lost

// Package exercise is yours: write RunAll and Unwrap.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
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

func isNil(v any) bool {
	_, is := v.(*runtime.PanicNilError)
	return is
}

// RunAll runs all jobs side by side, waits for all of them and reports every
// failure by name.
func RunAll(ctx context.Context, jobs []Job) error {
	errs := make([]error, len(jobs)) // one place for each: no lock, and the order is there
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Go(func() {
			failure := ErrVanished // unless it returns or panics
			defer func() {
				if value := recover(); isNil(value) {
					failure = ErrVanished
				} else if value != nil {
					failure = &PanicError{value, debug.Stack()}
				}
				if failure != nil {
					errs[i] = fmt.Errorf("%s: %w", job.Name, failure)
				}
			}()
			failure = job.Run(ctx)
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
