package tasks

import (
	"context"
	"errors"
	"reflect"
)

// mentions tells whether err reports that ctx has ended, alone or together with something else.
func mentions(ctx context.Context, err error) bool {
	if err == nil {
		return false
	}
	ended := ctx.Err()
	return ended != nil && (errors.Is(err, ended) || errors.Is(err, context.Cause(ctx)))
}

// onlyReports tells whether err says nothing but that ctx has ended. While ctx has not, no error does: a context.Canceled then
// comes from somewhere else.
func onlyReports(ctx context.Context, err error) bool {
	return mentions(ctx, err) && consistsOf(err, ctx.Err(), context.Cause(ctx))
}

// consistsOf tells whether every branch of err ends in one of the two targets. errors.Is is content with one branch, and would lose
// the failed clean-up in errors.Join(ctx.Err(), file.Close()).
func consistsOf(err, target1, target2 error) bool {
	if equal(err, target1) || equal(err, target2) {
		return true
	}
	switch err := err.(type) { //nolint:errorlint // this walks the tree itself
	case interface{ Unwrap() error }:
		inner := err.Unwrap()
		return inner != nil && consistsOf(inner, target1, target2)
	case interface{ Unwrap() []error }:
		branches := err.Unwrap()
		for _, branch := range branches {
			if !consistsOf(branch, target1, target2) {
				return false
			}
		}
		return len(branches) > 0
	}
	return false
}

// equal is one step of errors.Is: it compares err itself, not what it wraps.
func equal(err, target error) bool {
	if reflect.TypeOf(target).Comparable() && err == target { //nolint:errorlint // one step only
		return true
	}
	is, ok := err.(interface{ Is(target error) bool })
	return ok && is.Is(target)
}
