//wrong: a service is a bit of 64: those after the 64th have none
//want:  services are up, and the channel of Ready is closed
//kind:  contract

// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// ErrUnknown is what Up and Down return for a name that New was not given.
var ErrUnknown = errors.New("unknown service")

// A Readiness knows which services are up.
type Readiness struct {
	bit map[string]uint64
	all uint64

	mu    sync.Mutex
	up    uint64
	ready chan struct{}
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{bit: map[string]uint64{}, ready: make(chan struct{})}
	for i, name := range names {
		r.bit[name] = 1 << i
		r.all |= 1 << i
	}
	if r.all == 0 {
		close(r.ready)
	}
	return r
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error {
	bit, ok := r.bit[name]
	if !ok {
		return ErrUnknown
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.up
	r.up |= bit
	if r.up == r.all && before != r.all {
		close(r.ready)
	}
	return nil
}

// Down notes that a service is down.
func (r *Readiness) Down(name string) error {
	bit, ok := r.bit[name]
	if !ok {
		return ErrUnknown
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.up == r.all {
		r.ready = make(chan struct{})
	}
	r.up &^= bit
	return nil
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error {
	ready := r.Ready()
	select {
	case <-ready:
		return nil
	default:
	}
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
	return r.ready
}
