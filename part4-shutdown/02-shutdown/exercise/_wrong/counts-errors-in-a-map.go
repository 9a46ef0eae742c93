//wrong: counts the errors in a map, which panics on an error that cannot be a key
//want:  == and the key of a map fail on some types
//kind:  error lost

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

// A Phase is one step of a shutdown: stop the intake, drain, close the cache, close the store.
type Phase struct {
	Name   string
	Budget time.Duration
	Do     func(context.Context) error
}

// A Shutdown ends a service in phases.
type Shutdown struct {
	Phases []Phase

	mu   sync.Mutex
	done chan struct{}
	err  error
}

// Run runs the phases, one after the other, and returns what went wrong in them; nil if nothing did.
func (s *Shutdown) Run(ctx context.Context) error {
	s.mu.Lock()
	if done := s.done; done != nil {
		s.mu.Unlock()
		<-done
		return s.err
	}
	done := make(chan struct{})
	s.done = done
	s.mu.Unlock()
	s.err = s.run(context.WithoutCancel(ctx))
	close(done)
	return s.err
}

func (s *Shutdown) run(ctx context.Context) error {
	var errs []error
	count := map[error]int{}
	for _, p := range s.Phases {
		if err := p.run(ctx); err != nil {
			count[err]++
			errs = append(errs, fmt.Errorf("%s: %w", p.Name, err))
		}
	}
	return errors.Join(errs...)
}

func (p Phase) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.Budget)
	result := make(chan error, 1)
	go func() {
		defer cancel()
		result <- p.Do(ctx)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-result:
		return err
	default:
		return ErrOverrun
	}
}
