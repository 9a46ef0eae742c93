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
	Stack []byte // where: debug.Stack of the goroutine that panicked, with the function that did
}

// Error says what the panic said.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value if that is an error, and nil if it is not.
// So errors.Is and errors.AsType look into it.
func (e *PanicError) Unwrap() error {
	panic("not written yet")
}

// RunAll runs all jobs side by side, waits for all of them and reports every
// failure by name.
//
//   - Each job runs once, in a goroutine of its own, with ctx. They all run at
//     the same time, however many there are.
//   - Whatever becomes of one job, the others go on: their ctx does not end.
//     RunAll returns when the last one has ended, also when ctx ends: whether a
//     job leaves off then is the job's own business.
//   - A job fails when Run returns an error, when it panics (a *PanicError), and
//     when it ends by runtime.Goexit (ErrVanished).
//   - RunAll returns nil when no job has failed. Otherwise the text of its error
//     has one line for each failure, "name: text of the failure", in the order
//     of jobs, not in the order in which they failed; and errors.Is and
//     errors.AsType find each failure in it.
//   - No goroutine is left when RunAll returns.
func RunAll(ctx context.Context, jobs []Job) error {
	panic("not written yet")
}
