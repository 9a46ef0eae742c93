//wrong: shares its services with all other Readinesses
//want:  db is up in both Readinesses
//kind:  contract

// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// ErrUnknown is what Up and Down return for a name that New was not given. They
// change nothing then.
var ErrUnknown = errors.New("unknown service")

// A Readiness knows which services are up, and any number of goroutines wait for
// the moment at which all of them are.
type Readiness struct {
	allUp locks.Event // set while nothing is down

	mu   sync.Mutex // guards the below, and keeps allUp in step with it
	down int        // how many of them are
}

var up map[string]bool

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	up = make(map[string]bool)
	r := &Readiness{down: len(names)}
	for _, name := range names {
		up[name] = false
	}
	if len(names) == 0 {
		r.allUp.Set()
	}
	return r
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error { return r.note(name, true) }

// Down notes that a service is down.
func (r *Readiness) Down(name string) error { return r.note(name, false) }

func (r *Readiness) note(name string, isUp bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, known := up[name]
	switch {
	case !known:
		return ErrUnknown
	case was == isUp:
		return nil
	}
	up[name] = isUp
	if !isUp {
		r.down++
		r.allUp.Clear()
		return nil
	}
	r.down--
	if r.down == 0 {
		r.allUp.Set()
	}
	return nil
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error { return r.allUp.Wait(ctx) }

// Ready returns a channel that is closed when all services are up.
func (r *Readiness) Ready() <-chan struct{} { return r.allUp.Done() }
