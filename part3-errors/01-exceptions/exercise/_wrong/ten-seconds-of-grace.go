//wrong: waits ten seconds at most for the jobs when ctx has ended
//want:  RunAll does not wait for all: ctx ended at 1s
//kind:  lost cancellation

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
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

type result struct {
	i   int
	err error
}

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	results := make(chan result, len(jobs))
	for i, job := range jobs {
		go func() {
			r := result{i, ErrVanished}
			defer func() { results <- r }()
			defer func() {
				if v := recover(); v != nil {
					r.err = &PanicError{Value: v, Stack: debug.Stack()}
				}
			}()
			r.err = job.Run(ctx)
		}()
	}
	failures := make([]error, len(jobs))
	ended := make([]bool, len(jobs))
	over := ctx.Done()
	var grace <-chan time.Time
collect:
	for missing := len(jobs); missing > 0; {
		select {
		case r := <-results:
			missing--
			ended[r.i] = true
			if r.err != nil {
				failures[r.i] = fmt.Errorf("%s: %w", jobs[r.i].Name, r.err)
			}
		case <-over:
			over = nil
			grace = time.After(10 * time.Second)
		case <-grace:
			for i, job := range jobs {
				if !ended[i] {
					failures[i] = fmt.Errorf("%s: still runs: %w", job.Name, context.Cause(ctx))
				}
			}
			break collect
		}
	}
	return errors.Join(failures...)
}
