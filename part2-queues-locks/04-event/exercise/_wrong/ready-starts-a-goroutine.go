//wrong: Ready starts a goroutine that waits and then closes the channel
//want:  Up, Down and Ready too
//kind:  leak

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
	missing int
	round   context.Context // ends when all are up
	release context.CancelFunc
}

func New(names ...string) *Readiness {
	r := &Readiness{up: make(map[string]bool), missing: len(names)}
	for _, name := range names {
		r.up[name] = false
	}
	r.arm()
	if r.missing == 0 {
		r.release()
	}
	return r
}

func (r *Readiness) arm() {
	r.round, r.release = context.WithCancel(context.Background())
}

func (r *Readiness) Up(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	up, known := r.up[name]
	switch {
	case !known:
		return ErrUnknown
	case up:
		return nil
	}
	r.up[name] = true
	r.missing--
	if r.missing == 0 {
		r.release()
	}
	return nil
}

func (r *Readiness) Down(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	up, known := r.up[name]
	switch {
	case !known:
		return ErrUnknown
	case !up:
		return nil
	}
	if r.missing == 0 {
		r.arm()
	}
	r.up[name] = false
	r.missing++
	return nil
}

func (r *Readiness) Wait(ctx context.Context) error {
	r.mu.Lock()
	round := r.round
	r.mu.Unlock()
	select {
	case <-round.Done():
		return nil
	case <-ctx.Done():
	}
	if round.Err() != nil {
		return nil
	}
	return context.Cause(ctx)
}

func (r *Readiness) Ready() <-chan struct{} {
	r.mu.Lock()
	round := r.round
	r.mu.Unlock()
	if round.Err() != nil {
		return round.Done()
	}
	ch := make(chan struct{})
	go func() {
		<-round.Done()
		close(ch)
	}()
	return ch
}
