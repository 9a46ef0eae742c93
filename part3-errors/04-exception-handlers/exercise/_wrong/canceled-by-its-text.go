//wrong: takes a failure whose text ends in "context canceled" for a cancellation
//want:  what has the text of context.Canceled, and does not wrap it
//kind:  error lost

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// A Router hands failures to handlers by their kind.
type Router struct {
	turn      chan struct{} // holds a token while no handler runs
	rules     []rule
	otherwise func(error)
}

type rule interface {
	try(failure error) (handled bool)
}

// New returns a router.
func New(otherwise func(error)) *Router {
	r := &Router{turn: make(chan struct{}, 1), otherwise: otherwise}
	r.turn <- struct{}{}
	return r
}

type isRule struct {
	target error
	handle func(error)
}

func (rule isRule) try(failure error) bool {
	if !errors.Is(failure, rule.target) {
		return false
	}
	rule.handle(failure)
	return true
}

type onRule[E error] struct{ handle func(E) }

func (rule onRule[E]) try(failure error) bool {
	var e E
	if !errors.As(failure, &e) {
		return false
	}
	rule.handle(e)
	return true
}

// Is adds a handler.
func (r *Router) Is(target error, handle func(error)) {
	r.rules = append(r.rules, isRule{target, handle})
}

// On adds a handler.
func On[E error](r *Router, handle func(E)) {
	r.rules = append(r.rules, onRule[E]{handle})
}

// Handle hands err to its handlers.
func (r *Router) Handle(err error) {
	for failure := range failuresIn(err) {
		if strings.HasSuffix(failure.Error(), context.Canceled.Error()) {
			continue
		}
		r.route(failure)
	}
}

func (r *Router) route(failure error) {
	<-r.turn
	defer func() { r.turn <- struct{}{} }()
	handled := false
	rest := attempt(failure, func() {
		for _, rule := range r.rules {
			if handled = rule.try(failure); handled {
				return
			}
		}
	})
	switch {
	case rest == nil && !handled:
		rest = failure
	case rest == nil:
		return
	}
	_ = attempt(rest, func() { r.otherwise(rest) })
}

func attempt(failure error, f func()) (panicked error) {
	defer func() {
		if value := recover(); value != nil {
			panicked = fmt.Errorf("a handler panicked: %v, given: %w", value, failure)
		}
	}()
	f()
	return nil
}

// failuresIn yields the failures in err.
func failuresIn(err error) iter.Seq[error] {
	return func(yield func(error) bool) { walk(err, yield) }
}

func walk(err error, yield func(error) bool) bool {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if join, ok := inner.(interface{ Unwrap() []error }); ok {
			for _, one := range join.Unwrap() {
				if !walk(one, yield) {
					return false
				}
			}
			return true
		}
	}
	return err == nil || yield(err)
}
