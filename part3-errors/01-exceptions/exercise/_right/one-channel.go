//right: each job sends its failure with its place to a channel, which RunAll reads

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
	if err, ok := e.Value.(error); ok {
		return err
	}
	return nil
}

type outcome struct {
	place   int
	failure error
}

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	outcomes := make(chan outcome, len(jobs))
	for i, job := range jobs {
		go func() {
			o := outcome{i, ErrVanished}
			defer func() {
				if value := recover(); value != nil {
					o.failure = &PanicError{Value: value, Stack: debug.Stack()}
				}
				outcomes <- o
			}()
			o.failure = job.Run(ctx)
		}()
	}
	failures := make([]error, len(jobs))
	for range jobs {
		if o := <-outcomes; o.failure != nil {
			failures[o.place] = fmt.Errorf("%s: %w", jobs[o.place].Name, o.failure)
		}
	}
	return errors.Join(failures...)
}
