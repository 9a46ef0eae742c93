package supervisor

import (
	"container/list"
	"context"
	"runtime"
	"runtime/debug"

	"example.com/asyncio-to-go/part1-tasks/report"
)

// A task is a function that runs.
type task struct {
	s       *Supervisor
	name    string
	fn      func(context.Context) error
	failure error // written by the task's goroutine only

	// Guarded by s.mu.
	place *list.Element // in s.tasks; nil once the task has ended
	stops int           // calls of Stop with this task's context that are waiting
}

// run is the goroutine of a task.
func (t *task) run(ctx context.Context) {
	defer t.s.end(t) // also after Goexit
	if failure := t.call(ctx); failure != nil {
		t.failure = failure
	}
}

// call calls the function and returns its failure. Nothing but Goexit gets past here; the panic of an error that is asked what it wraps
// does not either.
//
// After Goexit call does not return, so a panic that is raised meanwhile is written down at once. With GODEBUG=panicnil=1 recover returns nil
// for panic(nil) as well as for Goexit: a panic it was if call returns.
func (t *task) call(ctx context.Context) (failure error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if value := recover(); value != nil {
			t.failure = &PanicError{Value: value, Stack: debug.Stack()}
			return
		}
		failure = &PanicError{Value: new(runtime.PanicNilError), Stack: debug.Stack()}
	}()
	// A task may watch the context that New was given, which ends a moment before the supervisor's own.
	if err := t.fn(ctx); !report.Only(err, t.s.ctx, t.s.parent) {
		failure = err
	}
	returned = true
	return failure
}

// A callerKey is the key under which a context says which of the supervisor's functions it was given to: the value is a *task or inHandler.
type callerKey struct{ s *Supervisor }

// inHandler marks the context of the failure handler.
type inHandler struct{}
