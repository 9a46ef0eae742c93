//wrong: looks every 10 ms whether all are up: late, and it misses what comes and goes in between
//want:  and not at that instant
//kind:  timing

// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrUnknown is what Up and Down return for a name that New was not given. They
// change nothing then.
var ErrUnknown = errors.New("unknown service")

// A Readiness knows which services are up, and any number of goroutines wait for
// the moment at which all of them are.
type Readiness struct {
	mu   sync.Mutex // guards the below
	up   map[string]bool
	down int
}

// New returns a Readiness of the services with these names. All are down.
func New(names ...string) *Readiness {
	r := &Readiness{up: make(map[string]bool), down: len(names)}
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
	if !known {
		return ErrUnknown
	}
	if was != up {
		r.up[name] = up
		r.down += down
	}
	return nil
}

func (r *Readiness) ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down == 0
}

// Wait waits until all services are up at the same time, or ctx ends.
func (r *Readiness) Wait(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !r.ready() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// Ready returns a channel that is closed when all services are up.
func (r *Readiness) Ready() <-chan struct{} {
	c := make(chan struct{})
	if r.ready() {
		close(c)
		return c
	}
	go func() {
		_ = r.Wait(context.Background())
		close(c)
	}()
	return c
}
