//wrong: the phases get contexts without the values of ctx
//want:  it does not come from ctx
//kind:  contract

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

	once sync.Once
	err  error
}

// Run runs the phases, one after the other.
func (s *Shutdown) Run(ctx context.Context) error {
	s.once.Do(func() {
		errs := make([]error, 0, len(s.Phases))
		for _, p := range s.Phases {
			if err := p.run(context.Background()); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p.Name, err))
			}
		}
		s.err = errors.Join(errs...)
	})
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
