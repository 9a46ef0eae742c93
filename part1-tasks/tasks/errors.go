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
