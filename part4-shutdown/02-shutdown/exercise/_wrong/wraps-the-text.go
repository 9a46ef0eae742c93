//wrong: writes the error of a phase into a text, so that errors.Is does not find it
//want:  errors.Is does not find the error of the phase
//kind:  error lost

package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var ErrOverrun = errors.New("budget used up")

type Phase struct {
	Name   string
	Budget time.Duration
	Do     func(context.Context) error
}

type Shutdown struct {
	Phases []Phase

	mu   sync.Mutex // guards what follows; held while the phases run
	done bool
	err  error
}

func (s *Shutdown) Run(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return s.err
	}
	s.done = true
	var failures []error
	for _, p := range s.Phases {
		if err := run(ctx, p); err != nil {
			failures = append(failures, fmt.Errorf("%s: %v", p.Name, err))
		}
	}
	s.err = errors.Join(failures...)
	return s.err
}

func run(ctx context.Context, p Phase) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Budget)
	defer cancel()
	result := make(chan error, 1)
	go func() {
		err := p.Do(ctx)
		if ctx.Err() != nil {
			err = ErrOverrun
		}
		result <- err
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ErrOverrun
	}
}
