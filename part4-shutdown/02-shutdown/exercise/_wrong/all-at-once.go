//wrong: runs all phases at the same time: the store is closed while the drain still needs it
//want:  three phases take 1s, 2s and 1s, and nothing goes wrong: the phases begin at
//kind:  order

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
		errs := make([]error, len(s.Phases))
		var running sync.WaitGroup
		for i, p := range s.Phases {
			running.Go(func() {
				if err := p.run(ctx); err != nil {
					errs[i] = fmt.Errorf("%s: %w", p.Name, err)
				}
			})
		}
		running.Wait()
		s.err = errors.Join(errs...)
	})
	return s.err
}

func (p Phase) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Budget)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- p.Do(ctx) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ErrOverrun
	}
}
