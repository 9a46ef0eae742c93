//wrong: a second Close on a ctx that has ended returns its cause
//want:  Close was called again with a ctx that had ended, while the first call was at work
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// ErrClosed is what Push returns when it comes too late.
var ErrClosed = errors.New("the stack is closed")

// A Stack closes what has been opened.
type Stack struct {
	Within time.Duration

	top atomic.Pointer[node] // nil, the last one pushed, or end
}

type node struct {
	closing func(context.Context) error
	next    *node
}

// end stands in a stack that is closed.
var end = new(node)

// Push adds what closes one thing.
func (s *Stack) Push(closing func(context.Context) error) error {
	n := &node{closing: closing}
	for {
		n.next = s.top.Load()
		if n.next == end {
			return ErrClosed
		}
		if s.top.CompareAndSwap(n.next, n) {
			return nil
		}
	}
}

// Close closes all.
func (s *Stack) Close(ctx context.Context) error {
	n := s.top.Swap(end)
	if n == end {
		return context.Cause(ctx)
	}
	c := closer{ctx: context.WithoutCancel(ctx), within: s.Within}
	c.closeAll(n)
	return errors.Join(c.errs...)
}

type closer struct {
	ctx    context.Context
	within time.Duration
	errs   []error
}

// closeAll calls the functions from n on. A panic goes on when the ones below have been called.
func (c *closer) closeAll(n *node) {
	for n != nil {
		at := n
		n = n.next
		func() {
			through := false
			defer func() {
				if !through {
					c.closeAll(n)
					n = nil
				}
			}()
			ctx, cancel := context.WithTimeout(c.ctx, c.within)
			defer cancel()
			err := at.closing(ctx)
			c.errs = append(c.errs, err)
			through = true
		}()
	}
}

// Detach takes everything out.
func (s *Stack) Detach() *Stack {
	d := &Stack{Within: s.Within}
	for {
		n := s.top.Load()
		if n == end {
			return d
		}
		if s.top.CompareAndSwap(n, nil) {
			d.top.Store(n)
			return d
		}
	}
}
