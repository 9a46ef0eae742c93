//wrong: leaves out a failure whose text is empty
//want:  mail returned an error with an empty text
//kind:  error lost

// Package exercise is an answer.
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

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	ends := make([]chan error, len(jobs))
	for i, job := range jobs {
		ends[i] = start(ctx, job)
	}
	var failures []error
	for i, end := range ends {
		if err := <-end; err != nil && err.Error() != "" {
			failures = append(failures, fmt.Errorf("%s: %w", jobs[i].Name, err))
		}
	}
	return errors.Join(failures...)
}

// start runs a job. What has become of it comes out of the channel when it has ended.
func start(ctx context.Context, job Job) chan error {
	end := make(chan error)
	go func() {
		err := ErrVanished
		defer func() { end <- err }()
		defer func() {
			if value := recover(); value != nil {
				err = &PanicError{Value: value, Stack: debug.Stack()}
			}
		}()
		err = job.Run(ctx)
	}()
	return end
}
