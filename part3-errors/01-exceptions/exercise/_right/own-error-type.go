//right: a report of its own with Unwrap() []error, kept under a mutex and sorted in the end; the jobs get a context made from ctx

// Package exercise is yours: write RunAll and Unwrap.
package exercise

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
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
	switch value := e.Value.(type) {
	case error:
		return value
	default:
		return nil
	}
}

type failure struct {
	place int
	name  string
	err   error
}

type report []failure

func (r report) Error() string {
	var lines []string
	for _, f := range r {
		lines = append(lines, f.name+": "+f.err.Error())
	}
	return strings.Join(lines, "\n")
}

func (r report) Unwrap() []error {
	var errs []error
	for _, f := range r {
		errs = append(errs, f.err)
	}
	return errs
}

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex // guards failed
	var failed report
	var wg sync.WaitGroup
	wg.Add(len(jobs))
	for i, job := range jobs {
		go func() {
			defer wg.Done()
			returned := false
			var err error
			defer func() {
				if value := recover(); value != nil {
					err = &PanicError{value, debug.Stack()}
				} else if !returned {
					err = ErrVanished
				}
				if err != nil {
					mu.Lock()
					defer mu.Unlock()
					failed = append(failed, failure{i, job.Name, err})
				}
			}()
			err = job.Run(ctx)
			returned = true
		}()
	}
	wg.Wait()
	if len(failed) == 0 {
		return nil
	}
	slices.SortFunc(failed, func(a, b failure) int { return cmp.Compare(a.place, b.place) })
	return failed
}
