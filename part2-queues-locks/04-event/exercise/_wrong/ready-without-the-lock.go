//wrong: Ready and Wait read the channel without the mutex, under which Down replaces it
//want:  data race
//kind:  race

// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
	"sync"
)

var ErrUnknown = errors.New("unknown service")

type Readiness struct {
	mu      sync.Mutex
	up      map[string]bool // each name is in it
	missing int
	ready   chan struct{}
}

func New(names ...string) *Readiness {
	r := &Readiness{up: make(map[string]bool), missing: len(names), ready: make(chan struct{})}
	for _, name := range names {
		r.up[name] = false
	}
	if r.missing == 0 {
		close(r.ready)
	}
	return r
}

func (r *Readiness) Up(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	up, known := r.up[name]
	if !known {
		return ErrUnknown
	}
	if up {
		return nil
	}
	r.up[name] = true
	r.missing--
	if r.missing == 0 {
		close(r.ready)
	}
	return nil
}

func (r *Readiness) Down(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	up, known := r.up[name]
	if !known {
		return ErrUnknown
	}
	if !up {
		return nil
	}
	r.up[name] = false
	if r.missing == 0 {
		r.ready = make(chan struct{})
	}
	r.missing++
	return nil
}

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

func (r *Readiness) Ready() <-chan struct{} {
	return r.ready
}
