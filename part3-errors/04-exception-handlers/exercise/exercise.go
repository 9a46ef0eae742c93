// Package exercise is yours: write Router.
package exercise

// A Router hands failures to handlers by their kind.
//
// It has the handlers that Is and On add, in that order, and the one given to New for what they do not want. All are added
// before the first Handle. Handle may be called from any goroutine.
type Router struct {
	// yours
}

// New returns a router without handlers but this one, which gets each failure that no other handler wants.
func New(otherwise func(error)) *Router {
	panic("not written yet")
}

// Is adds a handler for the failures that are target, as errors.Is says. It gets the failure.
func (r *Router) Is(target error, handle func(error)) {
	panic("not written yet")
}

// On adds a handler for the failures that are an E, as errors.As and errors.AsType say. It gets the E that they find.
func On[E error](r *Router, handle func(E)) {
	panic("not written yet")
}

// Handle hands err to its handlers and returns when the last of them has returned.
//
//   - An error that joins several (its method is Unwrap() []error, as that of errors.Join's) is not one failure but several: each of
//     them is handled on its own, one after the other, in the order in which they stand there, also if the same error stands there
//     twice. That also holds for a join in a join, and for a join that is wrapped ("batch 7: %w"); the words of what wraps a join
//     are lost.
//   - A failure that is context.Canceled, also wrapped, is none: no handler gets it. One that is context.DeadlineExceeded is. A nil
//     error is no failure, also in a join.
//   - A failure goes to one handler: the first that wants it, in the order in which they were added; else to otherwise.
//   - One call at a time: two handlers of a router never run at once, also not different ones, and not for several Handles. Handlers
//     do not call Handle.
//   - A handler that panics ends its own call, no more: the failures behind it are handled, and Handle returns. Its panic becomes a
//     failure that goes to otherwise, at that place: an error that wraps the failure it was given, and whose text contains the value
//     of the panic. If otherwise panics, whatever it was given, that panic is dropped: no handler gets it.
//   - Handle starts no goroutine that outlives it, and leaves err as it is.
func (r *Router) Handle(err error) {
	panic("not written yet")
}
