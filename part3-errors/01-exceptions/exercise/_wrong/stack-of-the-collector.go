//wrong: sends the panic's value to the caller, which takes the stack there: its own
//want:  the stack is not that of the panic
//kind:  error lost

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

// RunAll runs all jobs side by side and collects what becomes of them.
func RunAll(ctx context.Context, jobs []Job) error {
	type outcome struct {
		index int
		err   error
		value any
	}
	outcomes := make(chan outcome)
	for i, job := range jobs {
		go func() {
			o := outcome{index: i, err: ErrVanished}
			defer func() {
				o.value = recover()
				outcomes <- o
			}()
			o.err = job.Run(ctx)
		}()
	}
	errs := make([]error, len(jobs))
	for range jobs {
		o := <-outcomes
		if o.value != nil {
			o.err = &PanicError{o.value, debug.Stack()}
		}
		if o.err != nil {
			errs[o.index] = fmt.Errorf("%s: %w", jobs[o.index].Name, o.err)
		}
	}
	return errors.Join(errs...)
}
