//wrong: a Down of the only service that is down already forgets the callers that wait
//want:  was noted as down once more
//kind:  work lost

package exercise

import (
	"context"
	"errors"
	"sync"
)

var ErrUnknown = errors.New("unknown service")

type Readiness struct {
	mu    sync.Mutex
	up    map[string]bool
	down  int
	ready chan struct{}
}

func New(names ...string) *Readiness {
	r := &Readiness{up: map[string]bool{}, down: len(names), ready: make(chan struct{})}
	for _, name := range names {
		r.up[name] = false
	}
	if len(names) == 0 {
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
	r.down--
	if r.down == 0 {
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
		if r.down == 1 {
			r.ready = make(chan struct{})
		}
		return nil
	}
	r.up[name] = false
	if r.down == 0 {
		r.ready = make(chan struct{})
	}
	r.down++
	return nil
}

func (r *Readiness) Ready() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ready
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
	}
	select {
	case <-ready: // released, and ctx ended as well
		return nil
	default:
		return context.Cause(ctx)
	}
}
