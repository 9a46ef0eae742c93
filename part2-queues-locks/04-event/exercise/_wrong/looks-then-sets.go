//wrong: looks at all services and then sets the event, which is two steps: in between one can go down
//want:  the one is down, and yet all count as up
//kind:  race

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
	names []string
	up    sync.Map // of those that are up
	allUp locks.Event
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{names: names}
	if len(names) == 0 {
		r.allUp.Set()
	}
	return r
}

func (r *Readiness) knows(name string) bool {
	for _, known := range r.names {
		if known == name {
			return true
		}
	}
	return false
}

// Up notes that a service is up.
func (r *Readiness) Up(name string) error {
	if !r.knows(name) {
		return ErrUnknown
	}
	r.up.Store(name, true)
	for _, name := range r.names {
		if _, up := r.up.Load(name); !up {
			return nil
		}
	}
	r.allUp.Set()
	return nil
}

// Down notes that a service is down.
func (r *Readiness) Down(name string) error {
	if !r.knows(name) {
		return ErrUnknown
	}
	r.up.Delete(name)
	r.allUp.Clear()
	return nil
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error { return r.allUp.Wait(ctx) }

// Ready returns a channel that is closed when all services are up.
func (r *Readiness) Ready() <-chan struct{} { return r.allUp.Done() }
