//wrong: waits 10ms longer than the budget for a phase that overruns
//want:  with no grace after it
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

	once sync.Once // a second call waits in it
	err  error     // what Run returns; written in once
}

// Run runs the phases, one after the other, and returns what went wrong in them.
func (s *Shutdown) Run(ctx context.Context) error {
	s.once.Do(func() {
		var errs []error
		for _, p := range s.Phases {
			if err := p.run(ctx); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.Name, err))
			}
		}
		s.err = errors.Join(errs...)
	})
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
	}
	select {
	case err := <-result:
		return err
	case <-time.After(10 * time.Millisecond):
		return ErrOverrun
	}
}
