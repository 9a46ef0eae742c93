//wrong: makes a new channel at each Down, also when the old one is still open and other callers wait on it
//want:  a service came and went, then all were up, but a Wait that began at 0s was not released
//kind:  deadlock

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
	mu    sync.Mutex // guards the below
	up    map[string]bool
	down  int
	allUp chan struct{}
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{up: make(map[string]bool), down: len(names), allUp: make(chan struct{})}
	for _, name := range names {
		r.up[name] = false
	}
	if r.down == 0 {
		close(r.allUp)
	}
	return r
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, known := r.up[name]
	if !known {
		return ErrUnknown
	}
	if was {
		return nil
	}
	r.up[name] = true
	if r.down--; r.down == 0 {
		close(r.allUp)
	}
	return nil
}

// Down notes that a service is down.
func (r *Readiness) Down(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, known := r.up[name]
	if !known {
		return ErrUnknown
	}
	if !was {
		return nil
	}
	r.up[name] = false
	r.down++
	r.allUp = make(chan struct{})
	return nil
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error {
	ready := r.Ready()
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-ready:
		return nil
	default:
		return context.Cause(ctx)
	}
}

// Ready returns a channel that is closed when all services are up.
func (r *Readiness) Ready() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.allUp
}
