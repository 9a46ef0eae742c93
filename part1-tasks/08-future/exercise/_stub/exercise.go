// Package exercise is yours: write NewLazy and Get.
package exercise

import "context"

// A Lazy is a value that is computed when it is asked for: once for all callers,
// and not to the end when no caller wants it any more.
//
// Its methods may be called from many goroutines at once.
type Lazy[T any] struct {
	// yours
}

// NewLazy returns a Lazy that computes its value by calling compute, which
// returns early when its context ends.
func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	panic("not written yet")
}

// Get returns the value. Where there is none yet, it starts a run, which is one
// call of compute, or joins the run under way, and returns what that run returns.
//
// Begin with these three; the tests of the first three sentences are green then:
//
//   - There is never more than one run at a time. All callers that wait share it.
//   - A value is kept, also a zero value: Get then returns it at once.
//   - An error is not kept: all callers that wait for the run get it, whichever it is,
//     and the next Get starts a new run. What stands beside an error does not matter.
//
// Then let a caller leave:
//
//   - When ctx has ended already, Get returns context.Cause(ctx), and neither
//     starts nor joins a run. (Where there is a value, returning it is right, too.)
//   - When ctx ends while Get waits, Get leaves: it returns context.Cause(ctx) at
//     once, and the run goes on for the other callers, whichever of them started
//     it. If the run ends at the same instant, either outcome is right.
//   - The last caller to leave stops the run: it ends the run's context, waits until
//     compute has returned, and then returns context.Cause(ctx). Nothing else
//     ends the context of a run while compute is at work, no caller's deadline
//     either. Whose values that context has is up to you.
//   - No caller joins a run that has been stopped. A Get that comes while compute
//     still returns from it waits for that, or leaves when its own ctx ends. Then
//     it starts a new run, or joins the one that another Get has started. (Should
//     compute return a value although it was stopped, you may keep it or drop it.)
//
// So when no caller is in Get, no run is under way and no goroutine or derived context is left. compute
// does not panic.
func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	panic("not written yet")
}
