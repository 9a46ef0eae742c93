// Package report tells what an error says about a context that has ended.
//
// A function that ends because its context ended returns an error which says so: the Err or the Cause of that context, or an error that
// wraps one of them. Such an error is a report. It is no failure: the function or goroutine that ended the context knows already.
//
// errors.Is is not enough to tell a report from a failure. It is content with one branch of an error, and would take
// errors.Join(ctx.Err(), file.Close()) for a report although Close failed.
package report

import (
	"context"
	"errors"
	"reflect"
)

// Only tells whether err says nothing but that some of ctxs have ended: each branch of err is, or wraps, the Err or the Cause of one that has.
// An error is compared with a Cause by identity (see [Same]), and with an Err as errors.Is does.
//
// While none of ctxs has ended, no error is a report: a context.Canceled then comes from another context. So ask when the error comes,
// not later. nil is no report.
func Only(err error, ctxs ...context.Context) bool {
	some, all := walk(err, ctxs)
	return some && all
}

// Some is like Only, but one branch of err is enough.
func Some(err error, ctxs ...context.Context) bool {
	some, _ := walk(err, ctxs)
	return some
}

// Same is ==, and works for every error: two errors that == panics on, for example slices of errors, are the same if they are deeply equal.
func Same(a, b error) bool {
	if !reflect.ValueOf(a).Comparable() || !reflect.ValueOf(b).Comparable() {
		return reflect.DeepEqual(a, b) //nolint:govet // deepequalerrors would have == or errors.Is here, and both panic
	}
	return a == b //nolint:errorlint // errors.Is would also look at what a wraps, and Only could not tell the branches apart
}

// walk visits the branches of err, and tells whether some and whether all of them are reports. A nil branch says nothing.
func walk(err error, ctxs []context.Context) (some, all bool) {
	if err == nil {
		return false, true
	}
	if isReport(err, ctxs) {
		return true, true
	}
	branches, ok := unwrap(err)
	if !ok {
		return false, false
	}
	all = true
	for _, branch := range branches {
		someHere, allHere := walk(branch, ctxs)
		some, all = some || someHere, all && allHere
	}
	return some, all
}

// isReport looks at err itself, not at what it wraps.
//
//nolint:contextcheck,nolintlint // without this, each caller of Only is told to pass its context, which it does: in ctxs
func isReport(err error, ctxs []context.Context) bool {
	for _, ctx := range ctxs {
		if ended := ctx.Err(); ended != nil && (is(err, ended) || Same(err, context.Cause(ctx))) {
			return true
		}
	}
	return false
}

// is is one step of errors.Is. An error of several branches is asked for them only: its Is may be content with one of them.
func is(err, target error) bool {
	if Same(err, target) {
		return true
	}
	if _, several := err.(interface{ Unwrap() []error }); several {
		return false
	}
	like, ok := err.(interface{ Is(target error) bool })
	return ok && !isNil(err) && like.Is(target)
}

// unwrap returns what err wraps; ok is false if err is the end of its branch.
func unwrap(err error) (branches []error, ok bool) {
	if isNil(err) {
		return nil, false
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap(), true
	}
	inner := errors.Unwrap(err)
	return []error{inner}, inner != nil
}

// isNil tells whether err is a nil pointer in an error. It is an error, and mostly a mistake, which must come out: its methods may panic, as
// Unwrap of a nil *fs.PathError does, so they are not called.
func isNil(err error) bool {
	v := reflect.ValueOf(err)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
