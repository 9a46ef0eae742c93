//wrong: the end of ctx wakes one caller, which may be another one
//want:  its Wait has not returned
//kind:  lost cancellation

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
	mu    sync.Mutex
	cond  *sync.Cond
	up    map[string]bool
	down  int
	round int // how often all were up
	ready chan struct{}
}

func New(names ...string) *Readiness {
	r := &Readiness{up: map[string]bool{}, down: len(names)}
	r.cond = sync.NewCond(&r.mu)
	for _, name := range names {
		r.up[name] = false
	}
	return r
}

func (r *Readiness) Up(name string) error   { return r.set(name, true) }
func (r *Readiness) Down(name string) error { return r.set(name, false) }

func (r *Readiness) set(name string, up bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if was, ok := r.up[name]; !ok {
		return ErrUnknown
	} else if was == up {
		return nil
	}
	r.up[name] = up
	if !up {
		r.down++
		return nil
	}
	r.down--
	if r.down == 0 {
		r.round++
		r.cond.Broadcast()
		if r.ready != nil {
			close(r.ready)
			r.ready = nil
		}
	}
	return nil
}

func (r *Readiness) Wait(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down == 0 {
		return nil
	}
	stop := context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.cond.Signal()
	})
	defer stop()
	for round := r.round; r.round == round; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r.cond.Wait()
	}
	return nil
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

func (r *Readiness) Ready() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down == 0 {
		return closed
	}
	if r.ready == nil {
		r.ready = make(chan struct{})
	}
	return r.ready
}
