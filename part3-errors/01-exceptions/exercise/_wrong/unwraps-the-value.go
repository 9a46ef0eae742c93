//wrong: Unwrap returns what the value wraps, if it wraps something, and not the value
//want:  which wraps another one, and Unwrap returned
//kind:  error lost

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
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
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
	return errors.Join(errs...)
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
