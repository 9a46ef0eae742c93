//wrong: what tells that a job has ended is not deferred: after a panic RunAll waits without end
//want:  deadlock: no goroutine can go on
//kind:  deadlock

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

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	errs := make([]error, len(jobs))
	done := make(chan struct{}, len(jobs))
	for i, job := range jobs {
		go func() {
			defer func() {
				if value := recover(); value != nil {
					errs[i] = fmt.Errorf("%s: %w", job.Name, &PanicError{value, debug.Stack()})
				}
			}()
			if err := job.Run(ctx); err != nil {
				errs[i] = fmt.Errorf("%s: %w", job.Name, err)
			}
			done <- struct{}{}
		}()
	}
	for range jobs {
		<-done
	}
	return errors.Join(errs...)
}
