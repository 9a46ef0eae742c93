// Package exercise is yours: write Bulkhead.
package exercise

import (
	"context"
	"errors"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead stands between a service and another service that it calls, so that
// a slow one does not take the other down: some calls run, some wait, and the
// rest are refused at once. Many goroutines may use it at once.
type Bulkhead struct{} // put in what you need

// New returns a Bulkhead that lets at most run calls run and at most wait others
// wait for it. Run is at least 1 and wait at least 0.
func New(run, wait int) *Bulkhead {
	panic("not written yet")
}

// Do calls fn with ctx and returns its error, if there is room.
//
//   - At most run calls of fn are under way at any time. While fewer run and no
//     call waits, Do calls fn at once.
//   - Otherwise Do waits for its turn, first come, first served. A call that comes
//     later never gets in between, not even from a caller whose call has just ended.
//   - When wait calls wait already, Do returns ErrFull at once. (A call whose turn
//     has just come may count as one that waits until it calls fn.)
//   - When ctx ends while Do waits, it returns context.Cause(ctx) at once and
//     does not call fn. Its place in the queue is free from then on. When ctx ends
//     at the very instant at which its turn comes, Do may call fn or return the
//     cause; the place is never lost.
//   - On a ctx that has already ended, Do returns its cause and does not call fn,
//     whether there is room or not.
//   - A call runs until fn returns, also when ctx ends meanwhile, and Do returns
//     what fn returned, unchanged. fn gets ctx itself: its values, its deadline, its
//     end.
//   - When fn panics, the panic goes on to the caller of Do with the same value,
//     and the place is free as after any other call. (fn does not call
//     runtime.Goexit.)
//   - Do leaves nothing behind: when it has returned, fn has too, and no goroutine or derived context
//     is left, also while ctx is still alive.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	panic("not written yet")
}
