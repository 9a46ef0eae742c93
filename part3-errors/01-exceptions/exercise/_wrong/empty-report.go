//wrong: returns its report also when it is empty: an error that holds nothing is not nil
//want:  an error that holds no failure is not nil
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
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

// failures are what RunAll reports, in the order of jobs.
type failures []failure

type failure struct {
	name string
	err  error
}

func (fs failures) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.name + ": " + f.err.Error()
	}
	return strings.Join(lines, "\n")
}

func (fs failures) Unwrap() []error {
	errs := make([]error, len(fs))
	for i, f := range fs {
		errs[i] = f.err
	}
	return errs
}

type runner struct {
	ctx context.Context //nolint:containedctx // lives as long as the call
	wg  sync.WaitGroup
}

// RunAll runs all jobs side by side.
func RunAll(ctx context.Context, jobs []Job) error {
	r := runner{ctx: ctx}
	all := make([]error, len(jobs))
	for i := range jobs {
		r.wg.Add(1)
		go r.run(&jobs[i], &all[i])
	}
	r.wg.Wait()
	var failed failures
	for i, err := range all {
		if err != nil {
			failed = append(failed, failure{jobs[i].Name, err})
		}
	}
	return failed
}

func (r *runner) run(job *Job, err *error) {
	returned := false
	defer r.wg.Done()
	defer func() {
		value := recover()
		switch {
		case value != nil:
			*err = &PanicError{value, debug.Stack()}
		case !returned:
			*err = ErrVanished
		}
	}()
	*err = job.Run(r.ctx)
	returned = true
}
