//wrong: closes the channel once and for all: a channel cannot be opened again
//want:  a service went down, and yet Wait returned
//kind:  contract

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
	release func() // closes allUp, the first time
	allUp   chan struct{}

	mu   sync.Mutex // guards the below
	down map[string]bool
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{allUp: make(chan struct{}), down: make(map[string]bool)}
	r.release = sync.OnceFunc(func() { close(r.allUp) })
	for _, name := range names {
		r.down[name] = true
	}
	if len(names) == 0 {
		r.release()
	}
	return r
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.down[name]; !known {
		return ErrUnknown
	}
	r.down[name] = false
	for _, down := range r.down {
		if down {
			return nil
		}
	}
	r.release()
	return nil
}

// Down notes that a service is down.
func (r *Readiness) Down(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.down[name]; !known {
		return ErrUnknown
	}
	r.down[name] = true
	return nil
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error {
	select {
	case <-r.allUp:
		return nil
	default:
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
