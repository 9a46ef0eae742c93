// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

// Then starts a job that waits for first and then runs next on its value. It returns the job at once.
//
//   - When first ends without an error, next is called at that instant, once, with the value and with a context made from the
//     job's. What next returns is the job's result.
//   - When first ends with an error, for whatever reason, next is never called, and the job ends at that instant with that error
//     itself, not wrapped.
//   - When the job is cancelled, or ctx ends, while first runs, also when it has been so from the beginning: first is cancelled with the
//     same cause (context.Cause), and next is never called. The job ends when first has ended, not before. Its error is that
//     of first; if first has none, it is the cause.
//   - When the job is cancelled, or ctx ends, while next runs, the context of next ends with the same cause, and the job ends
//     when next has returned, with what it returned.
//   - When the job has ended, no goroutine is left.
//
// Since first may itself come from Then, a chain can have any number of steps.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	panic("not written yet")
}
