//right: a loop, in which a panic of each function is recovered and goes on at the end

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

	mu     sync.Mutex // guards the below
	things []func(context.Context) error
	closed bool
}

func (s *Stack) Push(closing func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.things = append(s.things, closing)
	return nil
}

func (s *Stack) take() []func(context.Context) error {
	things := s.things
	s.things = nil
	return things
}

func (s *Stack) Close(ctx context.Context) error {
	s.mu.Lock()
	things := s.take()
	s.closed = true
	s.mu.Unlock()
	var errs []error
	var bug any
	for i := len(things) - 1; i >= 0; i-- {
		func() {
			defer func() {
				if v := recover(); v != nil && bug == nil {
					bug = v
				}
			}()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Within)
			defer cancel()
			errs = append(errs, things[i](ctx))
		}()
	}
	if bug != nil {
		panic(bug)
	}
	return errors.Join(errs...)
}

func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Stack{Within: s.Within, things: s.take()}
}
