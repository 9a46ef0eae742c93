// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
)

// ErrUnknown is what Up and Down return for a name that New was not given. They
// change nothing then.
var ErrUnknown = errors.New("unknown service")

// A Readiness knows which services are up, and any number of goroutines wait for
// the moment at which all of them are. That moment may come more than once.
//
//   - All methods may be called from any goroutine and at the same time.
//   - It has no goroutine and no timer of its own.
type Readiness struct{}

// New returns a Readiness of the services with these names, no two of them the
// same. All are down. Where there are no services, all of them are up.
func New(names ...string) *Readiness {
	panic("not written yet")
}

// Up notes that a service is up. If all are up now, it releases all callers that
// wait, before it returns. A service that is up already stays as it is.
func (r *Readiness) Up(name string) error {
	panic("not written yet")
}

// Down notes that a service is down: a Wait that begins from now on waits again
// until all are up. A service that is down already stays as it is.
func (r *Readiness) Down(name string) error {
	panic("not written yet")
}

// Wait waits until all services are up at the same time, or ctx ends.
//
//   - It returns nil at once when all are up, also on a ctx that has ended.
//   - Otherwise the Up that makes them all up releases it, at that instant. A
//     caller that is released stays released: Wait returns nil even if a service
//     goes down, or ctx ends, before the caller gets to run.
//   - A service that goes down while others are down makes no difference to
//     the callers that wait.
//   - When ctx ends first, Wait returns context.Cause(ctx) at once. If the last
//     service comes up at that same instant, after the end of ctx, nil is right, too.
//   - On a ctx that has already ended while a service is down, Wait returns the
//     cause.
//   - Wait leaves nothing behind: when it has returned, no goroutine or derived context is left, also
//     while ctx is still alive.
func (r *Readiness) Wait(ctx context.Context) error {
	panic("not written yet")
}

// Ready returns a channel for a select that waits for other things, too. It is
// closed when a Wait that began now would be released, so that it is closed
// already if all services are up. A channel that is closed stays closed: after
// a Down, ask for a new one. No value is ever sent on it.
func (r *Readiness) Ready() <-chan struct{} {
	panic("not written yet")
}
