//wrong: takes only what errors.Join makes for a join, not fmt.Errorf with two %w
//want:  what fmt.Errorf makes of two %w is a join, too
//kind:  contract

// Package exercise is yours: write Router.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// A Router hands failures to handlers by their kind.
type Router struct {
	otherwise func(error)
	kinds     []kind

	calling sync.Mutex // held while a handler runs
}

// A kind returns the call of its handler if it wants a failure, else nil.
type kind func(failure error) func()

// New returns a router without handlers but this one.
func New(otherwise func(error)) *Router {
	return &Router{otherwise: otherwise}
}

// Is adds a handler for the failures that are target.
func (r *Router) Is(target error, handle func(error)) {
	r.kinds = append(r.kinds, func(failure error) func() {
		if !errors.Is(failure, target) {
			return nil
		}
		return func() { handle(failure) }
	})
}

// On adds a handler for the failures that are an E.
func On[E error](r *Router, handle func(E)) {
	r.kinds = append(r.kinds, func(failure error) func() {
		found, ok := errors.AsType[E](failure)
		if !ok {
			return nil
		}
		return func() { handle(found) }
	})
}

// Handle hands err to its handlers and returns when the last of them has returned.
func (r *Router) Handle(err error) {
	r.calling.Lock()
	defer r.calling.Unlock()
	for _, failure := range split(err) {
		if errors.Is(failure, context.Canceled) {
			continue
		}
		r.hand(failure)
	}
}

// hand gives one failure to one handler; if that one panics, to otherwise.
func (r *Router) hand(failure error) {
	for _, wants := range r.kinds {
		handle := wants(failure)
		if handle == nil {
			continue
		}
		p := call(handle)
		if p == nil {
			return
		}
		failure = fmt.Errorf("handler panicked: %v: %w", p, failure)
		break
	}
	call(func() { r.otherwise(failure) })
}

// call returns what fn panicked with, or nil.
func call(fn func()) (panicked any) {
	defer func() { panicked = recover() }()
	fn()
	return nil
}

// split returns the failures that err is made of.
func split(err error) []error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if joined, ok := e.(interface{ Unwrap() []error }); ok && reflect.TypeOf(e) == reflect.TypeOf(errors.Join(context.Canceled)) {
			var all []error
			for _, one := range joined.Unwrap() {
				all = append(all, split(one)...)
			}
			return all
		}
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
