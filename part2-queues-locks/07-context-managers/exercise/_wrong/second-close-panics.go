//wrong: keeps the panic of the first Close, and a second one panics with it again
//want:  the second one panics too
//kind:  contract

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

	mu      sync.Mutex // guards the below
	open    []func(context.Context) error
	closed  bool
	paniced any
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
func (s *Stack) Close(ctx context.Context) (err error) {
	s.mu.Lock()
	open := s.open
	if s.paniced != nil {
		defer s.mu.Unlock()
		panic(s.paniced)
	}
	s.open, s.closed = nil, true
	s.mu.Unlock()
	for _, closing := range open {
		defer func() { // all of them when Close returns: the last one first, and whatever the others do
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Within)
			defer cancel()
			defer func() {
				if v := recover(); v != nil {
					s.mu.Lock()
					s.paniced = v
					s.mu.Unlock()
					panic(v)
				}
			}()
			if failed := closing(ctx); failed != nil {
				err = errors.Join(err, failed)
			}
		}()
	}
	return nil
}

// Detach takes everything out of s and returns it in a Stack of its own.
func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, open: s.open}
	s.open = nil
	return d
}
