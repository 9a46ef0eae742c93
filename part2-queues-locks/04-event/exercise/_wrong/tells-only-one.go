//wrong: sends on a channel instead of closing it: of all the callers that wait, one is released
//want:  the last service came up, but a Wait that began at 0s was not released
//kind:  work lost

// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// ErrUnknown is what Up and Down return for a name that New was not given. They
// change nothing then.
var ErrUnknown = errors.New("unknown service")

// A Readiness knows which services are up, and any number of goroutines wait for
// the moment at which all of them are.
type Readiness struct {
	allUp chan struct{}

	mu   sync.Mutex // guards the below
	up   map[string]bool
	down int
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{allUp: make(chan struct{}, 1), up: make(map[string]bool), down: len(names)}
	for _, name := range names {
		r.up[name] = false
	}
	return r
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error { return r.note(name, true, -1) }

// Down notes that a service is down.
func (r *Readiness) Down(name string) error { return r.note(name, false, +1) }

func (r *Readiness) note(name string, up bool, down int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, known := r.up[name]
	switch {
	case !known:
		return ErrUnknown
	case was == up:
		return nil
	}
	r.up[name] = up
	r.down += down
	if r.down == 0 {
		select {
		case r.allUp <- struct{}{}:
		default:
		}
	}
	return nil
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error {
	r.mu.Lock()
	ready := r.down == 0
	r.mu.Unlock()
	if ready {
		return nil
	}
	select {
	case <-r.allUp:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Ready returns a channel that is closed when all services are up.
func (r *Readiness) Ready() <-chan struct{} { return r.allUp }
