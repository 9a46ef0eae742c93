//wrong: a Detach while Close is at work takes what is still to be closed
//want:  while Close is at work, a function calls Detach and closes what it gets
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is what Push returns when it comes too late.
var ErrClosed = errors.New("the stack is closed")

type Stack struct {
	Within time.Duration

	mu     sync.Mutex // guards the below
	top    *node
	closed bool
	rest   *node
}

type node struct {
	closing func(context.Context) error
	below   *node
}

func (s *Stack) Push(closing func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.top = &node{closing, s.top}
	return nil
}

func (s *Stack) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	top := s.top
	s.top = nil
	s.mu.Unlock()

	var errs []error
	panicked := false
	var value any
	for n := top; n != nil; n = n.below {
		s.mu.Lock()
		s.rest = n.below
		s.mu.Unlock()
		done := make(chan struct{})
		go func() {
			defer close(done)
			returned := false
			defer func() {
				if r := recover(); r != nil && !returned {
					panicked, value = true, r
				}
			}()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Within)
			defer cancel()
			err := n.closing(ctx)
			returned = true
			errs = append(errs, err)
		}()
		<-done
	}
	if panicked {
		panic(value)
	}
	return errors.Join(errs...)
}

func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, top: s.top}
	if s.closed {
		d.top = s.rest
	}
	s.top = nil
	return d
}
