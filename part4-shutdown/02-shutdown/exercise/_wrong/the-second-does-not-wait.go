//wrong: runs the phases once, but who asks again is told at once that all went well
//want:  it does not wait for the result
//kind:  contract

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
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

	begun atomic.Bool
}

// Run runs the phases, one after the other, and returns what went wrong in them.
func (s *Shutdown) Run(ctx context.Context) error {
	if !s.begun.CompareAndSwap(false, true) {
		return nil
	}
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
