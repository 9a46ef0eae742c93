//wrong: Up sends to each caller that waits, without waiting: a caller that does not listen yet is missed
//want:  Up came before Wait listened
//kind:  race

package exercise

import (
	"context"
	"errors"
	"sync"
)

var ErrUnknown = errors.New("unknown service")

type Readiness struct {
	mu      sync.Mutex
	down    map[string]bool
	all     chan struct{}
	waiters map[chan struct{}]bool
}

func New(names ...string) *Readiness {
	r := &Readiness{down: map[string]bool{}, all: make(chan struct{}), waiters: map[chan struct{}]bool{}}
	for _, n := range names {
		r.down[n] = true
	}
	if len(names) == 0 {
		close(r.all)
	}
	return r
}

func (r *Readiness) set(name string, down bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, ok := r.down[name]
	if !ok {
		return ErrUnknown
	}
	if was == down {
		return nil
	}
	before := r.upLocked()
	r.down[name] = down
	switch after := r.upLocked(); {
	case after:
		close(r.all)
		for w := range r.waiters {
			select {
			case w <- struct{}{}:
			default:
			}
		}
	case before:
		r.all = make(chan struct{})
	}
	return nil
}

func (r *Readiness) upLocked() bool {
	for _, d := range r.down {
		if d {
			return false
		}
	}
	return true
}

func (r *Readiness) Up(name string) error   { return r.set(name, false) }
func (r *Readiness) Down(name string) error { return r.set(name, true) }

func (r *Readiness) Wait(ctx context.Context) error {
	r.mu.Lock()
	if r.upLocked() {
		r.mu.Unlock()
		return nil
	}
	me := make(chan struct{})
	r.waiters[me] = true
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waiters, me)
	}()
	select {
	case <-me:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (r *Readiness) Ready() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}
