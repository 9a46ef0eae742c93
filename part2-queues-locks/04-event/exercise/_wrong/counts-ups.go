//wrong: counts how often a service came up instead of how many are up
//want:  db was up three times and cache never, and yet Wait returned
//kind:  contract

// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// ErrUnknown is what Up and Down return for a name that New was not given. They
// change nothing then.
var ErrUnknown = errors.New("unknown service")

// A Readiness knows which services are up, and any number of goroutines wait for
// the moment at which all of them are.
type Readiness struct {
	names []string
	allUp locks.Event

	mu sync.Mutex // guards up, and keeps allUp in step with it
	up int
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{names: names}
	if len(names) == 0 {
		r.allUp.Set()
	}
	return r
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.names, name) {
		return ErrUnknown
	}
	r.up++
	if r.up == len(r.names) {
		r.allUp.Set()
	}
	return nil
}

// Down notes that a service is down.
func (r *Readiness) Down(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.names, name) {
		return ErrUnknown
	}
	r.up--
	r.allUp.Clear()
	return nil
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error { return r.allUp.Wait(ctx) }

// Ready returns a channel that is closed when all services are up.
func (r *Readiness) Ready() <-chan struct{} { return r.allUp.Done() }
