//wrong: recovers in RunAll, but the panic is in the job's goroutine: it ends the program
//want:  panic: a panic came through RunAll
//kind:  error lost

// Package exercise is yours: write RunAll and Unwrap.
package exercise

import (
	"context"
	"errors"
	"fmt"
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

// RunAll runs all jobs and recovers what they panic with.
func RunAll(ctx context.Context, jobs []Job) (err error) {
	errs := make([]error, len(jobs))
	defer func() {
		if value := recover(); value != nil {
			err = errors.Join(append(errs, &PanicError{value, debug.Stack()})...)
		}
	}()
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Go(func() {
			errs[i] = ErrVanished
			errs[i] = job.Run(ctx)
			if errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", job.Name, errs[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
