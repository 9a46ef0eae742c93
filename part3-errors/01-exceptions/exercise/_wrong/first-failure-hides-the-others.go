//wrong: an errgroup: the first failure cancels the other jobs, and only it is reported
//want:  the ctx of mail ended
//kind:  error lost

// Package exercise is yours: write RunAll and Unwrap.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"golang.org/x/sync/errgroup"
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

// RunAll runs all jobs in an errgroup.
func RunAll(ctx context.Context, jobs []Job) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, job := range jobs {
		g.Go(func() error {
			if err := run(ctx, job); err != nil {
				return fmt.Errorf("%s: %w", job.Name, err)
			}
			return nil
		})
	}
	return g.Wait()
}

func run(ctx context.Context, job Job) (err error) {
	err = ErrVanished
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{value, debug.Stack()}
		}
	}()
	return job.Run(ctx)
}
