//wrong: Push asks an atomic of its own whether the stack is closed, before it takes the lock; what it pushes while Close takes all out is never closed
//want:  Push came as Close began, and returned no error, but what it pushed is never closed
//kind:  work lost

package exercise

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ErrClosed is what Push returns when it comes too late.
var ErrClosed = errors.New("the stack is closed")

// A Stack closes what has been opened.
type Stack struct {
	Within time.Duration

	closed atomic.Bool

	mu   sync.Mutex
	open []func(context.Context) error
}

// Push adds what closes one thing.
func (s *Stack) Push(closing func(context.Context) error) error {
	if s.closed.Load() {
		return ErrClosed
	}
	s.mu.Lock()
	s.open = append(s.open, closing)
	s.mu.Unlock()
	return nil
}

func (s *Stack) take() []func(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.open
	s.open = nil
	return open
}

// Close closes all that was pushed, the last one first.
func (s *Stack) Close(ctx context.Context) (err error) {
	if !s.closed.CompareAndSwap(false, true) {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	var errs []error
	defer func() { err = errors.Join(errs...) }()
	for _, closing := range s.take() {
		defer func() {
			limited, cancel := context.WithTimeout(ctx, s.Within)
			defer cancel()
			errs = append(errs, closing(limited))
		}()
	}
	return nil
}

// Detach takes everything out of s and returns it in a Stack of its own.
func (s *Stack) Detach() *Stack {
	return &Stack{Within: s.Within, open: s.take()}
}
