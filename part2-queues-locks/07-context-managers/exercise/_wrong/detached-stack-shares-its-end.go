//wrong: both stacks of a Detach share the mark that says closed: the Close of one closes the other for Push
//want:  d was detached from s, and then s was closed
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is what Push returns when it comes too late.
var ErrClosed = errors.New("the stack is closed")

// A Stack closes what has been opened.
type Stack struct {
	Within time.Duration

	mu     sync.Mutex // guards the below
	top    *entry
	closed *bool
}

type entry struct {
	closing func(context.Context) error
	below   *entry
}

// Push adds what closes one thing.
func (s *Stack) Push(closing func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosedLocked() {
		return ErrClosed
	}
	s.top = &entry{closing: closing, below: s.top}
	return nil
}

func (s *Stack) isClosedLocked() bool {
	if s.closed == nil {
		s.closed = new(bool)
	}
	return *s.closed
}

type outcome struct {
	err      error
	panicked bool
	value    any
}

// Close closes all.
func (s *Stack) Close(ctx context.Context) error {
	s.mu.Lock()
	e := s.top
	s.isClosedLocked()
	s.top, *s.closed = nil, true
	s.mu.Unlock()

	var errs []error
	var first *outcome
	for ; e != nil; e = e.below {
		o := call(ctx, e.closing, s.Within)
		if o.panicked && first == nil {
			first = &o
		}
		errs = append(errs, o.err)
	}
	if first != nil {
		panic(first.value)
	}
	return errors.Join(errs...)
}

func call(ctx context.Context, closing func(context.Context) error, within time.Duration) (o outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.panicked = true
		defer func() {
			if o.panicked {
				o.value = recover()
			}
		}()
		o.err = closing(ctx)
		o.panicked = false
	}()
	<-done
	return o
}

// Detach takes everything out.
func (s *Stack) Detach() *Stack {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &Stack{Within: s.Within, top: s.top}
	if !s.isClosedLocked() {
		d.closed = s.closed
	}
	s.top = nil
	return d
}
