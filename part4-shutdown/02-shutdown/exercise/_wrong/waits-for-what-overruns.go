//wrong: gives each phase a context that ends, and trusts that the phase looks at it
//want:  looks at no context, and has a budget of 2s, with no grace after it: the phases begin at
//kind:  deadlock

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
		for _, p := range s.Phases {
			if err := p.run(ctx); err != nil {
				s.err = errors.Join(s.err, fmt.Errorf("%s: %w", p.Name, err))
			}
		}
	})
	return s.err
}

func (p Phase) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), p.Budget, ErrOverrun)
	defer cancel()
	err := p.Do(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
