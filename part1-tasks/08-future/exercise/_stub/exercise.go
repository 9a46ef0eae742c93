// Package exercise is yours: write NewLazy and Get.
package exercise

import "context"

// A Lazy is a value that is computed when somebody asks for it: once for all
// who ask, and not to the end when nobody wants it any more.
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
//   - There is never more than one run at a time. All who wait share it.
//   - A value is kept for ever: Get then returns it at once.
//   - An error is not kept: all who wait for the run get it, and the next Get
//     starts a new run.
//   - When ctx has ended already, Get returns context.Cause(ctx), and neither
//     starts nor joins a run. (Where there is a value, that is right, too.)
//   - When ctx ends while Get waits, Get leaves: it returns context.Cause(ctx) at
//     once, and the run goes on for the others, whoever of them started it.
//   - The last one to leave stops the run: it ends the run's context, waits until
//     compute has returned, and then returns context.Cause(ctx). Nothing else
//     ends the context of a run while compute is at work.
//   - Nobody joins a run that has been stopped. A Get that comes while compute
//     still returns from it waits for that, or leaves when its own ctx ends. Then
//     it starts a new run, or joins the one that another Get has started. (Should
//     compute return a value although it was stopped, you may keep it or drop it.)
//
// So when nobody is in Get, no run is under way and no goroutine is left.
func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	panic("not written yet")
}
