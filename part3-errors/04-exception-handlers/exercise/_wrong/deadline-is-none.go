//wrong: drops context.DeadlineExceeded like context.Canceled
//want:  a timeout is a failure
//kind:  error lost

// Package exercise is yours: write Router.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Router hands failures to handlers by their kind.
type Router struct {
	mu        sync.Mutex
	handlers  []func(error) (func(), bool)
	otherwise func(error)
}

// New returns a router without handlers but this one.
func New(otherwise func(error)) *Router {
	return &Router{otherwise: otherwise}
}

// Is adds a handler for the failures that are target.
func (r *Router) Is(target error, handle func(error)) {
	r.handlers = append(r.handlers, func(err error) (func(), bool) {
		if !errors.Is(err, target) {
			return nil, false
		}
		return func() { handle(err) }, true
	})
}

// On adds a handler for the failures that are an E.
func On[E error](r *Router, handle func(E)) {
	r.handlers = append(r.handlers, func(err error) (func(), bool) {
		var e E
		if !errors.As(err, &e) {
			return nil, false
		}
		return func() { handle(e) }, true
	})
}

// Handle hands err to its handlers.
func (r *Router) Handle(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.split(err)
}

func (r *Router) split(err error) {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if j, ok := e.(interface{ Unwrap() []error }); ok {
			for _, one := range j.Unwrap() {
				r.split(one)
			}
			return
		}
	}
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	r.one(err)
}

func (r *Router) one(err error) {
	for _, h := range r.handlers {
		if call, ok := h(err); ok {
			if v, panicked := try(call); panicked {
				_, _ = try(func() { r.otherwise(fmt.Errorf("a handler panicked with %v on: %w", v, err)) })
			}
			return
		}
	}
	_, _ = try(func() { r.otherwise(err) })
}

func try(f func()) (v any, panicked bool) {
	defer func() {
		if v = recover(); v != nil {
			panicked = true
		}
	}()
	f()
	return nil, false
}
