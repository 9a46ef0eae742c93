//right: each Wait and each Ready has a channel of its own in a list, which Up closes and empties

package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
)

var ErrUnknown = errors.New("unknown service")

// A Readiness keeps the names of the services that are down, and a channel for each caller.
type Readiness struct {
	mu      sync.RWMutex
	known   []string
	down    map[string]struct{}
	waiting []chan struct{}
}

func New(names ...string) *Readiness {
	r := &Readiness{known: slices.Clone(names), down: make(map[string]struct{})}
	for _, name := range names {
		r.down[name] = struct{}{}
	}
	return r
}

func (r *Readiness) Up(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.known, name) {
		return ErrUnknown
	}
	delete(r.down, name)
	if len(r.down) == 0 {
		for _, c := range r.waiting {
			close(c)
		}
		r.waiting = nil
	}
	return nil
}

func (r *Readiness) Down(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.known, name) {
		return ErrUnknown
	}
	r.down[name] = struct{}{}
	return nil
}

func (r *Readiness) Wait(ctx context.Context) error {
	released := r.enter()
	select {
	case <-released:
		return nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.waiting, released)
	if i < 0 {
		return nil
	}
	r.waiting = slices.Delete(r.waiting, i, i+1)
	return context.Cause(ctx)
}

func (r *Readiness) Ready() <-chan struct{} { return r.enter() }

func (r *Readiness) enter() chan struct{} {
	c := make(chan struct{})
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.down) == 0 {
		close(c)
	} else {
		r.waiting = append(r.waiting, c)
	}
	return c
}
