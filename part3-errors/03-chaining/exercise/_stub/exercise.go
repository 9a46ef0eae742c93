//want:while first runs, and next was still called

// Package exercise is yours to mend: Then passes values and errors on, and forgets a cancellation. job.go, beside this file, is given.
package exercise

import (
	"context"
	"fmt"
)

// Then starts a job that waits for first and then runs next on its value. It returns the job at once, and may be called any number of
// times for one first.
//
//   - When first ends without an error, next is called at that instant, once, with the value and with a context made from the
//     job's, which has ctx's values. What next returns is the job's result, unchanged.
//   - When first ends with an error, for whatever reason, next is never called, and the job ends at that instant with that error
//     itself, not wrapped.
//   - When the job is cancelled, or ctx ends, while first runs, or before Then is called: first is cancelled with the same cause
//     (context.Cause), and next is never called. The job ends when first has ended, not before. Its error is that of first; if first has
//     none, it is the cause. The same holds when first ends at that instant, or has ended before Then is called with a ctx that has ended.
//   - When the job is cancelled, or ctx ends, while next runs, the context of next ends with the same cause, and the job ends
//     when next has returned, with what it returned.
//   - When the job has ended, it has left no goroutine or derived context, also while ctx is still alive. Neither first nor next panics.
//
// Since first may itself come from Then, a chain can have any number of steps.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(ctx context.Context) (B, error) {
		a, err := first.Result()
		if err != nil {
			var none B
			return none, fmt.Errorf("the first step failed: %w", err)
		}
		return next(ctx, a)
	})
}
