//wrong: returns from the Close of an empty Stack before it marks it as closed
//want:  nothing was pushed, Close was called, and after it Push returned no error
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

var ErrClosed = errors.New("the stack is closed")

type Stack struct {
	Within time.Duration

	mu      sync.Mutex
	closed  bool
	closing []func(context.Context) error
}

func (s *Stack) Push(closing func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.closing = append(s.closing, closing)
	return nil
}

func (s *Stack) Close(ctx context.Context) error {
	s.mu.Lock()
	if len(s.closing) == 0 {
		s.mu.Unlock()
		return nil
	}
	all := s.closing
	s.closing = nil
	s.closed = true
	s.mu.Unlock()
	var errs []error
	s.each(context.WithoutCancel(ctx), all, &errs)
	return errors.Join(errs...)
}

func (s *Stack) each(ctx context.Context, all []func(context.Context) error, errs *[]error) {
	if len(all) == 0 {
		return
	}
	last := len(all) - 1
	defer s.each(ctx, all[:last], errs)
	ctx, cancel := context.WithTimeout(ctx, s.Within)
	defer cancel()
	*errs = append(*errs, all[last](ctx))
}

func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, closing: s.closing}
	s.closing = nil
	return d
}
