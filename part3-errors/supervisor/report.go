package supervisor

import (
	"context"
	"reflect"
)

// onlyCancelled tells whether err says nothing but that the supervisor was cancelled. Whoever watches the context that New was given sees its end
// a moment before the supervisor's own.
func (s *Supervisor) onlyCancelled(err error) bool {
	return onlyReports(s.ctx, err) || onlyReports(s.parent, err)
}

// onlyReports tells whether err says nothing but that ctx has ended. While ctx has not, no error does: a context.Canceled then
// comes from somewhere else.
func onlyReports(ctx context.Context, err error) bool {
	ended := ctx.Err()
	if ended == nil {
		return false
	}
	if err == context.Canceled && ended == context.Canceled { //nolint:errorlint // what nearly all return, and Cause takes a lock
		return true
	}
	return consistsOf(err, ended, context.Cause(ctx))
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
	if same(err, target) {
		return true
	}
	is, ok := err.(interface{ Is(target error) bool })
	return ok && is.Is(target)
}

// same is == where that is possible, and otherwise as near to it as can be: a cause may be a slice of errors.
func same(a, b error) bool {
	if !reflect.ValueOf(a).Comparable() || !reflect.ValueOf(b).Comparable() {
		return reflect.DeepEqual(a, b) //nolint:govet // those that == refuses
	}
	return a == b //nolint:errorlint // no more than this
}
