//wrong: gives the lock back behind the call, not by defer: after a panic of a handler it stays locked
//want:  has skipped its Unlock
//kind:  deadlock

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A Router hands failures to handlers by their kind.
type Router struct {
	mu     sync.Mutex // held while a handler runs
	finds  []func(error) func()
	others func(error)
}

// New returns a router.
func New(otherwise func(error)) *Router { return &Router{others: otherwise} }

// Is adds a handler.
func (r *Router) Is(target error, handle func(error)) {
	r.finds = append(r.finds, func(failure error) func() {
		if errors.Is(failure, target) {
			return func() { handle(failure) }
		}
		return nil
	})
}

// On adds a handler.
func On[E error](r *Router, handle func(E)) {
	r.finds = append(r.finds, func(failure error) func() {
		if e, ok := errors.AsType[E](failure); ok {
			return func() { handle(e) }
		}
		return nil
	})
}

type panicked struct {
	value   any
	failure error
}

func (p *panicked) Error() string {
	return fmt.Sprintf("%v: its handler panicked: %v", p.failure, p.value)
}
func (p *panicked) Unwrap() error { return p.failure }

// Handle hands err to its handlers.
func (r *Router) Handle(err error) {
	stack := []error{err}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if parts, ok := split(top); ok {
			for i := len(parts) - 1; i >= 0; i-- {
				stack = append(stack, parts[i])
			}
			continue
		}
		if top != nil && !errors.Is(top, context.Canceled) {
			r.one(top)
		}
	}
}

func split(err error) ([]error, bool) {
	for err != nil {
		switch e := err.(type) {
		case interface{ Unwrap() []error }:
			return e.Unwrap(), true
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		default:
			return nil, false
		}
	}
	return nil, false
}

func (r *Router) one(failure error) {
	for _, find := range r.finds {
		if call := find(failure); call != nil {
			if value := r.protected(call); value != nil {
				r.protected(func() { r.others(&panicked{value, failure}) })
			}
			return
		}
	}
	r.protected(func() { r.others(failure) })
}

func (r *Router) protected(call func()) (value any) {
	defer func() { value = recover() }()
	r.mu.Lock()
	call()
	r.mu.Unlock()
	return nil
}
