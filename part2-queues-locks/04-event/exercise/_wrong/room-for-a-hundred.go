//wrong: Up sends a token to each caller that waits, into a channel with room for a hundred
//want:  were not released: Up releases all callers
//kind:  work lost

package exercise

import (
	"context"
	"errors"
	"sync"
)

var ErrUnknown = errors.New("unknown service")

type Readiness struct {
	mu      sync.Mutex
	up      map[string]bool
	down    int
	waiting int
	tokens  chan struct{}
	all     chan struct{} // closed while all are up
}

func New(names ...string) *Readiness {
	r := &Readiness{up: make(map[string]bool), down: len(names), all: make(chan struct{}), tokens: make(chan struct{}, 100)}
	for _, name := range names {
		r.up[name] = false
	}
	if r.down == 0 {
		close(r.all)
	}
	return r
}

func (r *Readiness) Up(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	up, ok := r.up[name]
	if !ok {
		return ErrUnknown
	}
	if up {
		return nil
	}
	r.up[name] = true
	if r.down--; r.down == 0 {
		close(r.all)
		for range min(r.waiting, cap(r.tokens)) {
			r.tokens <- struct{}{}
		}
		r.waiting = 0
		r.tokens = make(chan struct{}, 100)
	}
	return nil
}

func (r *Readiness) Down(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	up, ok := r.up[name]
	if !ok {
		return ErrUnknown
	}
	if !up {
		return nil
	}
	r.up[name] = false
	if r.down == 0 {
		r.all = make(chan struct{})
	}
	r.down++
	return nil
}

func (r *Readiness) Wait(ctx context.Context) error {
	r.mu.Lock()
	if r.down == 0 {
		r.mu.Unlock()
		return nil
	}
	tokens := r.tokens
	r.waiting++
	r.mu.Unlock()
	select {
	case <-tokens:
		return nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if tokens != r.tokens {
		select {
		case <-tokens:
			return nil
		default:
		}
	}
	r.waiting--
	return context.Cause(ctx)
}

func (r *Readiness) Ready() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}
