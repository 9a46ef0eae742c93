//wrong: knows nothing of an earlier call, as the article's shutdown does not: who asks again closes again
//want:  drain began a second time
//kind:  contract

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"fmt"
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
}

// Run runs the phases, one after the other, and returns what went wrong in them.
func (s *Shutdown) Run(ctx context.Context) error {
	var errs []error
	for _, p := range s.Phases {
		if err := p.run(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.Name, err))
		}
	}
	return errors.Join(errs...)
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
