//right: collects the calls of all failures first, then makes them, one at a time by a channel of one

// Package exercise is yours: write Router.
package exercise

import (
	"context"
	"errors"
	"fmt"
)

// A Router hands failures to handlers by their kind.
type Router struct {
	otherwise func(error)
	rules     []func(error) (call func(), wants bool)
	turn      chan struct{}
}

// New returns a router without handlers but this one.
func New(otherwise func(error)) *Router {
	return &Router{otherwise: otherwise, turn: make(chan struct{}, 1)}
}

// Is adds a handler for the failures that are target.
func (r *Router) Is(target error, handle func(error)) {
	r.rules = append(r.rules, func(err error) (func(), bool) {
		return func() { handle(err) }, errors.Is(err, target)
	})
}

// On adds a handler for the failures that are an E.
func On[E error](r *Router, handle func(E)) {
	r.rules = append(r.rules, func(err error) (func(), bool) {
		var e E
		wants := errors.As(err, &e)
		return func() { handle(e) }, wants
	})
}

// Handle hands err to its handlers and returns when the last of them has returned.
func (r *Router) Handle(err error) {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	var failures []error
	flatten(err, &failures)
	for _, failure := range failures {
		if again := r.give(failure); again != nil {
			_ = guard(again, func() { r.otherwise(again) })
		}
	}
}

// give hands a failure on; it returns what is left for otherwise.
func (r *Router) give(failure error) error {
	for _, rule := range r.rules {
		if call, wants := rule(failure); wants {
			return guard(failure, call)
		}
	}
	return failure
}

func guard(failure error, call func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w (its handler panicked: %v)", failure, v)
		}
	}()
	call()
	return nil
}

func flatten(err error, into *[]error) {
	if err == nil {
		return
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if several, is := inner.(interface{ Unwrap() []error }); is {
			for _, one := range several.Unwrap() {
				flatten(one, into)
			}
			return
		}
	}
	if !errors.Is(err, context.Canceled) {
		*into = append(*into, err)
	}
}
