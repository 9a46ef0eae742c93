//wrong: waits on a sync.Cond in a goroutine, which goes on waiting when ctx has ended
//want:  leak: the test is over, but what it started still waits
//kind:  leak

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
	mu      sync.Mutex // guards the below
	changed *sync.Cond
	up      map[string]bool
	down    int
	times   int // how often all came to be up
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{up: make(map[string]bool), down: len(names)}
	r.changed = sync.NewCond(&r.mu)
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
	was, known := r.up[name]
	switch {
	case !known:
		return ErrUnknown
	case was == up:
		return nil
	}
	r.up[name] = up
	if !up {
		r.down++
		return nil
	}
	r.down--
	if r.down == 0 {
		r.times++
		r.changed.Broadcast()
	}
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
	c := make(chan struct{})
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down == 0 {
		close(c)
		return c
	}
	times := r.times
	go func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for r.times == times {
			r.changed.Wait()
		}
		close(c)
	}()
	return c
}
