//wrong: counts each job in its own goroutine and appends without a lock: a race between Add and Wait, and among the jobs
//want:  RunAll does not wait for all
//kind:  race

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

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	type failure struct {
		index int
		err   error
	}
	var failures []failure
	var wg sync.WaitGroup
	for i, job := range jobs {
		go func() {
			wg.Add(1)
			defer wg.Done()
			err := ErrVanished
			defer func() {
				if value := recover(); value != nil {
					err = &PanicError{value, debug.Stack()}
				}
				if err != nil {
					failures = append(failures, failure{i, fmt.Errorf("%s: %w", job.Name, err)})
				}
			}()
			err = job.Run(ctx)
		}()
	}
	wg.Wait()
	slices.SortFunc(failures, func(a, b failure) int { return cmp.Compare(a.index, b.index) })
	var errs []error
	for _, f := range failures {
		errs = append(errs, f.err)
	}
	return errors.Join(errs...)
}
