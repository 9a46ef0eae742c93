//wrong: looks every 10ms whether the first call has finished
//want:  returned 10ms after the first call
//kind:  timing

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrOverrun says that a phase had not returned when its budget was used up.
var ErrOverrun = errors.New("budget used up")

// A Phase is one step of a shutdown.
type Phase struct {
	Name   string
	Budget time.Duration
	Do     func(context.Context) error
}

// A Shutdown ends a service in phases.
type Shutdown struct {
	Phases []Phase

	mu   sync.Mutex
	done chan struct{}
	err  error
	errs []error
	wg   sync.WaitGroup
}

// Run runs the phases, one after the other, and returns what went wrong in them.
func (s *Shutdown) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.done != nil {
		s.mu.Unlock()
		for {
			select {
			case <-s.done:
				return s.err
			default:
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
	s.done = make(chan struct{})
	s.mu.Unlock()
	for _, p := range s.Phases {
		if err := p.run(ctx); err != nil {
			s.errs = append(s.errs, fmt.Errorf("%s: %w", p.Name, err))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = errors.Join(s.errs...)
	close(s.done)
	return s.err
}

func (p Phase) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Budget)
	defer cancel()
	result := make(chan error, 1) // this phase's own, with room for what comes late
	go func() { result <- p.Do(ctx) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ErrOverrun
	}
}
