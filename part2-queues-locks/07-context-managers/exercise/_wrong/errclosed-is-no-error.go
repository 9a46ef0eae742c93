//wrong: takes ErrClosed of a function for a thing that is closed already, which is no error
//want:  which is an error like any other: all errors come out
//kind:  error lost

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

var ErrClosed = errors.New("the stack is closed")

type Stack struct {
	Within time.Duration

	mu     sync.Mutex // guards the below
	open   []func(context.Context) error
	closed bool
}

func (s *Stack) Push(closing func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.open = append(s.open, closing)
	return nil
}

func (s *Stack) Close(ctx context.Context) error {
	s.mu.Lock()
	open := s.open
	s.open, s.closed = nil, true
	s.mu.Unlock()

	var errs []error
	var panicked bool
	var value any
	ctx = context.WithoutCancel(ctx)
	for _, closing := range slices.Backward(open) {
		func() {
			ctx, cancel := context.WithTimeout(ctx, s.Within)
			defer cancel()
			defer func() {
				if r := recover(); r != nil {
					panicked, value = true, r
				}
			}()
			if err := closing(ctx); !errors.Is(err, ErrClosed) {
				errs = append(errs, err)
			}
		}()
	}
	if panicked {
		panic(value)
	}
	return errors.Join(errs...)
}

func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, open: s.open}
	s.open = nil
	return d
}
