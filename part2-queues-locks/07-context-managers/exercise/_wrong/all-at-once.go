//wrong: closes everything at the same time, each in a goroutine of its own
//want:  one thing at a time
//kind:  order

// Package exercise is yours: write Push, Close and Detach.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is what Push returns when it comes too late.
var ErrClosed = errors.New("the stack is closed")

// A Stack closes what has been opened, however much that turns out to be.
type Stack struct {
	Within time.Duration // the longest that closing one thing should take; more than 0

	mu     sync.Mutex // guards the below
	open   []func(context.Context) error
	closed bool
}

// Push adds what closes one thing.
func (s *Stack) Push(closing func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.open = append(s.open, closing)
	return nil
}

// Close closes all that was pushed, one thing at a time, the last one first.
func (s *Stack) Close(ctx context.Context) error {
	s.mu.Lock()
	open := s.open
	s.open, s.closed = nil, true
	s.mu.Unlock()
	var all sync.WaitGroup
	errs := make([]error, len(open))
	for i, closing := range open {
		all.Go(func() { errs[len(open)-1-i] = s.closeOne(ctx, closing) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// closeOne calls one function, with a limit of its own.
func (s *Stack) closeOne(ctx context.Context, closing func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Within)
	defer cancel()
	return closing(ctx)
}

// Detach takes everything out of s and returns it in a Stack of its own.
func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, open: s.open}
	s.open = nil
	return d
}
