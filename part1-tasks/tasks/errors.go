package tasks

import "errors"

var (
	// ErrNotDone says that an outcome was asked for before there is one (asyncio: InvalidStateError).
	ErrNotDone = errors.New("tasks: not done yet")

	// ErrAlreadyDone says that an outcome was set twice (asyncio: InvalidStateError).
	ErrAlreadyDone = errors.New("tasks: already done")

	// ErrClosed says that a group takes no more functions: it is stopping, or it has finished.
	ErrClosed = errors.New("tasks: group closed")
)

// errGoexit is the outcome of a function that never returned.
var errGoexit = errors.New("tasks: function ended by runtime.Goexit")

// A firstError is the cause with which a failure cancels the functions beside it. Being a pointer, it is equal to no other error, also not to that of
// a function that fails with the same one by itself: that is a second failure, not a report of the first.
type firstError struct{ err error }

func (e *firstError) Error() string { return e.err.Error() }
func (e *firstError) Unwrap() error { return e.err }
