//wrong: joins each failure when it comes: the report is in another order each time
//want:  in the order of jobs
//kind:  order

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

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	var mu sync.Mutex
	var all error // guarded by mu
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(func() {
			err := ErrVanished
			defer func() {
				if value := recover(); value != nil {
					err = &PanicError{value, debug.Stack()}
				}
				if err != nil {
					mu.Lock()
					defer mu.Unlock()
					all = errors.Join(all, fmt.Errorf("%s: %w", job.Name, err))
				}
			}()
			err = job.Run(ctx)
		})
	}
	wg.Wait()
	return all
}
