//wrong: a timer ends the context of a phase, also of one that has returned long before
//want:  and the context of close is still alive
//kind:  leak

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
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	time.AfterFunc(p.Budget, cancel)
	result := make(chan error, 1) // this phase's own, with room for what comes late
	go func() { result <- p.Do(ctx) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ErrOverrun
	}
}
