//wrong: a caller that was released returns the cause if ctx has ended, too: select picks one of two ready cases at random
//want:  When ctx has ended, look whether all are up
//kind:  race

// Package exercise is yours: write Readiness.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// ErrUnknown is what Up and Down return for a name that New was not given.
var ErrUnknown = errors.New("unknown service")

type Readiness struct {
	mu    sync.Mutex // guards the below
	up    map[string]bool
	down  int
	allUp chan struct{}
}

func New(names ...string) *Readiness {
	r := &Readiness{up: map[string]bool{}, down: len(names), allUp: make(chan struct{})}
	for _, name := range names {
		r.up[name] = false
	}
	if len(names) == 0 {
		close(r.allUp)
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
	r.down--
	if r.down == 0 {
		close(r.allUp)
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
	if r.down == 0 {
		r.allUp = make(chan struct{})
	}
	r.down++
	return nil
}

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
		return context.Cause(ctx)
	}
}

func (r *Readiness) Ready() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.allUp
}
