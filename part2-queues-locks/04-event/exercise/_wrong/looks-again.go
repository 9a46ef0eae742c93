//wrong: looks again after the wake-up, as a Condition needs: a caller that was released waits on if a service has gone down since
//want:  all services were up for a moment
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
	mu     sync.Mutex // guards the below
	up     map[string]bool
	change chan struct{} // closed at each change
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{up: make(map[string]bool), change: make(chan struct{})}
	for _, name := range names {
		r.up[name] = false
	}
	return r
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error { return r.note(name, true) }

// Down notes that a service is down.
func (r *Readiness) Down(name string) error { return r.note(name, false) }

func (r *Readiness) note(name string, up bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.up[name]; !known {
		return ErrUnknown
	}
	r.up[name] = up
	close(r.change)
	r.change = make(chan struct{})
	return nil
}

func (r *Readiness) look() (ready bool, change <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, up := range r.up {
		if !up {
			return false, r.change
		}
	}
	return true, r.change
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error {
	for {
		ready, change := r.look()
		if ready {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Ready returns a channel that is closed when all services are up.
func (r *Readiness) Ready() <-chan struct{} {
	c := make(chan struct{})
	if ready, _ := r.look(); ready {
		close(c)
		return c
	}
	go func() {
		_ = r.Wait(context.Background())
		close(c)
	}()
	return c
}
