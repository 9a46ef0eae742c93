//wrong: the report's own method Is compares with ==: it panics on errors of a type that cannot be compared
//want:  == and the key of a map fail on some types
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

type Job struct {
	Name string
	Run  func(ctx context.Context) error
}

var ErrVanished = errors.New("the job ended without returning")

type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

func RunAll(ctx context.Context, jobs []Job) error {
	errs := make([]error, len(jobs))
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := run(ctx, job); err != nil {
				errs[i] = fmt.Errorf("%s: %w", job.Name, err)
			}
		}()
	}
	wg.Wait()
	if r := (report{errs}); errors.Join(errs...) != nil {
		return r
	}
	return nil
}

type report struct{ errs []error }

func (r report) Error() string { return errors.Join(r.errs...).Error() }

func (r report) Unwrap() []error {
	var found []error
	for _, err := range r.errs {
		if err != nil {
			found = append(found, err)
		}
	}
	return found
}

func (r report) Is(target error) bool {
	for _, err := range r.errs {
		if errors.Unwrap(err) == target {
			return true
		}
	}
	return false
}

func run(ctx context.Context, job Job) error {
	done := make(chan error, 1)
	go func() {
		result := ErrVanished
		defer func() { done <- result }()
		defer func() {
			if r := recover(); r != nil {
				result = &PanicError{Value: r, Stack: debug.Stack()}
			}
		}()
		result = ErrVanished
		result = job.Run(ctx)
	}()
	return <-done
}
