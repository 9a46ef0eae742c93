//wrong: compares with == before errors.Is: two errors of a type that cannot be compared panic
//want:  so leave comparing to errors.Is
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

type Router struct {
	mu        sync.Mutex // held while a handler runs
	handlers  []func(error) func()
	otherwise func(error)
}

func New(otherwise func(error)) *Router { return &Router{otherwise: otherwise} }

func (r *Router) Is(target error, handle func(error)) {
	r.handlers = append(r.handlers, func(err error) func() {
		if err != target && !errors.Is(err, target) {
			return nil
		}
		return func() { handle(err) }
	})
}

func On[E error](r *Router, handle func(E)) {
	r.handlers = append(r.handlers, func(err error) func() {
		e, ok := errors.AsType[E](err)
		if !ok {
			return nil
		}
		return func() { handle(e) }
	})
}

func (r *Router) Handle(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.handleLocked(err)
}

func (r *Router) handleLocked(err error) {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if join, ok := e.(interface{ Unwrap() []error }); ok {
			for _, part := range join.Unwrap() {
				r.handleLocked(part)
			}
			return
		}
	}
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	for _, wants := range r.handlers {
		if call := wants(err); call != nil {
			if value := try(call); value != nil {
				r.otherLocked(fmt.Errorf("a handler panicked: %v, given %w", value, err))
			}
			return
		}
	}
	r.otherLocked(err)
}

func (r *Router) otherLocked(err error) {
	try(func() { r.otherwise(err) })
}

func try(call func()) (value any) {
	defer func() { value = recover() }()
	call()
	return nil
}
