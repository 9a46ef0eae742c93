//wrong: a plain loop: correct in every way, but the jobs wait for each other
//want:  one after the other
//kind:  sequential

// Package exercise is yours: write RunAll and Unwrap.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
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

// RunAll runs all jobs.
func RunAll(ctx context.Context, jobs []Job) error {
	var errs []error
	for _, job := range jobs {
		done := make(chan error)
		go func() {
			err := ErrVanished
			defer func() {
				if value := recover(); value != nil {
					err = &PanicError{value, debug.Stack()}
				}
				done <- err
			}()
			err = job.Run(ctx)
		}()
		if err := <-done; err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", job.Name, err))
		}
	}
	return errors.Join(errs...)
}
