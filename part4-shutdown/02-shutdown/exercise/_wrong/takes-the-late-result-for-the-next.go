//wrong: one channel for the results of all phases: what comes late is taken for that of the phase after it
//want:  while cache runs: the phases begin at
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
	Budget time.Duration
	Do     func(context.Context) error
}

// A Shutdown ends a service in phases.
type Shutdown struct {
	Phases []Phase

	once sync.Once
	err  error
}

// Run runs the phases, one after the other, and returns what went wrong in them.
func (s *Shutdown) Run(ctx context.Context) error {
	s.once.Do(func() {
		result := make(chan error, len(s.Phases))
		for _, p := range s.Phases {
			if err := p.run(ctx, result); err != nil {
				s.err = errors.Join(s.err, fmt.Errorf("%s: %w", p.Name, err))
			}
		}
	})
	return s.err
}

func (p Phase) run(ctx context.Context, result chan error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Budget)
	defer cancel()
	go func() { result <- p.Do(ctx) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ErrOverrun
	}
}
