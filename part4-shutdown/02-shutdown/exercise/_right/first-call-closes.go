//right: the first call closes a channel when it has finished, and a timer bounds the wait for each phase

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

	mu       sync.Mutex // guards finished
	finished chan struct{}
	err      error // written before finished is closed
}

// Run runs the phases, one after the other, and returns what went wrong in them.
func (s *Shutdown) Run(ctx context.Context) error {
	s.mu.Lock()
	first := s.finished == nil
	if first {
		s.finished = make(chan struct{})
	}
	s.mu.Unlock()
	if first {
		defer close(s.finished)
		for _, p := range s.Phases {
			if err := within(context.WithoutCancel(ctx), p); err != nil {
				s.err = errors.Join(s.err, fmt.Errorf("%s: %w", p.Name, err))
			}
		}
		return s.err
	}
	<-s.finished
	return s.err
}

func within(ctx context.Context, p Phase) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	over := make(chan struct{})
	var err error
	go func() {
		defer close(over)
		err = p.Do(ctx)
	}()
	timer := time.NewTimer(p.Budget)
	defer timer.Stop()
	select {
	case <-over:
		return err
	case <-timer.C:
		return ErrOverrun
	}
}
