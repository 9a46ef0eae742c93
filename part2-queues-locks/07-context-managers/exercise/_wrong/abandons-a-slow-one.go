//wrong: closes in a goroutine and leaves it behind at the limit, still at work on what is closed next
//want:  handler is being closed while reader is still being closed
//kind:  leak

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
func (s *Stack) Close(ctx context.Context) (err error) {
	s.mu.Lock()
	open := s.open
	s.open, s.closed = nil, true
	s.mu.Unlock()
	for _, closing := range open {
		defer func() { err = errors.Join(err, s.closeOne(ctx, closing)) }()
	}
	return nil
}

// closeOne calls one function, with a limit of its own.
func (s *Stack) closeOne(ctx context.Context, closing func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Within)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- closing(ctx) }()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Detach takes everything out of s and returns it in a Stack of its own.
func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, open: s.open}
	s.open = nil
	return d
}
