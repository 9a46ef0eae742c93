// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead stands between a service and one that it depends on, so that the
// service does not go down with the other: some calls run, some wait, and the
// rest are refused at once. Many goroutines may use it at once.
type Bulkhead struct{} // put in what you need

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it. Run is at least 1 and wait at least 0.
func New(run, wait int) *Bulkhead {
	panic("not written yet")
}

// Do calls fn with ctx and returns its error, if there is room.
//
//   - At most run calls of fn are under way at any time. While there are fewer
//     and nobody waits, Do calls fn at once.
//   - Otherwise Do waits for its turn, first come, first served. Who comes later
//     never gets in between, not even one whose call has just ended.
//   - When wait calls wait already, Do returns ErrFull at once.
//   - When ctx ends while Do waits, it returns context.Cause(ctx) at once and
//     does not call fn. Its place among those who wait is free from then on.
//     No place gets lost, not even when ctx ends at the very instant at which
//     its turn comes.
//   - On a ctx that has already ended, Do returns its cause and does not call fn,
//     whether there is room or not.
//   - A call runs until fn returns, also when ctx ends meanwhile: that is fn's own
//     affair.
//   - When fn panics, the panic goes on to the caller of Do, and the place is free
//     as after any other call.
//   - Do leaves nothing behind: when it has returned, fn has too, and no goroutine
//     is left.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	panic("not written yet")
}
