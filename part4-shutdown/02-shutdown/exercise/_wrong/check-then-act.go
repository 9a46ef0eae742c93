//wrong: asks whether Run has begun and begins in two steps, and unlocks in between
//want:  another goroutine got between the look (has it begun?) and the act
//kind:  race

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
	Budget time.Duration // the longest that the shutdown waits for it; more than 0
	Do     func(context.Context) error
}

// A Shutdown ends a service in phases.
type Shutdown struct {
	Phases []Phase // in the order in which they are to run

	mu    sync.Mutex // guards the below
	ended chan struct{}
	err   error
}

// Run runs the phases, one after the other.
func (s *Shutdown) Run(ctx context.Context) error {
	s.mu.Lock()
	begun := s.ended
	s.mu.Unlock()
	if begun != nil {
		<-begun
		return s.result()
	}
	ended := make(chan struct{})
	s.mu.Lock()
	s.ended = ended
	s.mu.Unlock()
	defer close(ended)
	func() {
		errs := make([]error, 0, len(s.Phases))
		for _, p := range s.Phases {
			if err := p.run(context.WithoutCancel(ctx)); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.Name, err))
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.err = errors.Join(errs...)
	}()
	return s.result()
}

func (s *Shutdown) result() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (p Phase) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.Budget)
	done := make(chan error, 1)
	go func() {
		defer cancel()
		done <- p.Do(ctx)
	}()
	t := time.NewTimer(p.Budget)
	defer t.Stop()
	select {
	case err := <-done:
		return err
	case <-t.C:
		return ErrOverrun
	}
}
