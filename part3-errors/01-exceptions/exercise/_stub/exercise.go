// Package exercise is yours: write RunAll and Unwrap.
package exercise

import (
	"context"
	"errors"
	"fmt"
)

// A Job is work with a name.
type Job struct {
	Name string
	Run  func(ctx context.Context) error
}

// ErrVanished is the failure of a job that ended by runtime.Goexit: it has not
// returned, and it has not panicked.
var ErrVanished = errors.New("the job ended without returning")

// A PanicError is what the panic of a job becomes.
type PanicError struct {
	Value any    // what the job called panic with, as it was
	Stack []byte // where: debug.Stack of the goroutine that panicked, from the panic down to the job
}

// Error says what the panic said.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if that is an error, and nil if it is not, so
// that errors.Is and errors.AsType look into it.
func (e *PanicError) Unwrap() error {
	panic("not written yet")
}

// RunAll runs all jobs side by side, waits for all of them and reports every
// failure by name.
//
//   - Each job runs once, in a goroutine of its own, with ctx or a context made
//     from it, which has ctx's values. All jobs run at the same time, however many
//     there are, and also when ctx has ended before the call.
//   - A job that fails stops no other: the ctx of the others does not end.
//     RunAll returns when the last job has ended, also when ctx ends: each job
//     decides for itself whether it stops then.
//   - A job fails when Run returns an error, whatever the error is; when it panics
//     (a *PanicError); and when it ends by runtime.Goexit (ErrVanished). RunAll
//     itself never panics for a job. The method Error of a failure does not panic.
//   - RunAll returns nil when no job has failed, also when ctx has ended. Otherwise
//     the text of its error is a line for each failure, "name: text of the
//     failure", in the order of jobs, not in the order in which they failed. A
//     text of several lines stays as it is.
//     errors.Is and errors.AsType find each failure in it. Two jobs may have the
//     same name: their failures are two.
//   - No goroutine or derived context is left when RunAll returns, also while ctx is still alive.
func RunAll(ctx context.Context, jobs []Job) error {
	panic("not written yet")
}
