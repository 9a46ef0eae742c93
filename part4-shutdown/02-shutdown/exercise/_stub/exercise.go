// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"time"
)

// ErrOverrun says that a phase had not returned when its budget was used up.
var ErrOverrun = errors.New("budget used up")

// A Phase is one step of a shutdown: stop the intake, drain, close the cache, close the store.
type Phase struct {
	Name   string
	Budget time.Duration // the longest that the shutdown waits for it; more than 0
	Do     func(context.Context) error
}

// A Shutdown ends a service in phases. Run may be called by several goroutines at the same time.
type Shutdown struct {
	Phases []Phase // in the order in which they are to run; not changed once Run has been called

	// yours
}

// Run runs the phases, one after the other, and returns what went wrong in them; nil if nothing did.
//
//   - Each phase begins when the one before is over: at once when that has returned, be it with an error, and else
//     when its budget is used up. A budget begins with its phase.
//   - The context of a phase has the values of ctx but not its end: it is alive although ctx has ended, also if ctx ends
//     between two phases, and ends when the budget of this phase is used up.
//   - A phase that has not returned by then has overrun: Run waits no longer for it, and its error is ErrOverrun. It
//     may go on for as long as it likes, and what it returns in the end changes nothing any more. What a phase returns
//     in time is its error, whatever that is, also context.DeadlineExceeded.
//   - All errors come out, joined in the order of the phases (errors.Join), each wrapped behind the name of its
//     phase: "drain: budget used up".
//   - The phases run once. Every other call of Run, at the same time or later, runs nothing: it waits until the first
//     call has finished, also if its own ctx has ended, and returns the same error.
//   - When Run has returned and the phases that overran have, too, no goroutine or derived context is left, also while ctx is still alive.
//   - Phases do not panic; what a panic does is not Run's concern.
func (s *Shutdown) Run(ctx context.Context) error {
	panic("not written yet")
}
