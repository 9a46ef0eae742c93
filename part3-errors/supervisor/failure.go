package supervisor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// A Failure is what became of a task that failed.
type Failure struct {
	Task string // the name given to Go
	Err  error  // what the function returned, unchanged, or a [*PanicError]
}

// A PanicError is the failure of a task that panicked.
type PanicError struct {
	Value any    // what panic was called with; after panic(nil) a [*runtime.PanicNilError]
	Stack []byte // the stack on which it happened, as debug.Stack formats it
}

// Error says what the panic said. It leaves out the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it is an error, as that of a nil map or a division by zero is ([runtime.Error]), else nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// OnFailure has fn called with each failure, when it happens (asyncio: loop.set_exception_handler, which is called when a failed task
// is garbage collected, if ever). Without it, failures go to slog.Error of the default logger. The last OnFailure counts. OnFailure(nil)
// panics.
//
// fn is called in the order in which the tasks failed, once for each failure, never twice at the same time, and outside of any lock. A slow call
// holds up the failures behind it, and Stop and Wait, but no task. A panic of fn is reported by slog.Error and ends that call only; so
// does [runtime.Goexit], without the report.
//
// fn may call all methods of the supervisor. It must give Stop and Wait its own context, or one derived from it: with this context they
// wait for the tasks, except those that are in Stop themselves, but not for the failures, which cannot be handed on before fn returns. If
// fn waits for a goroutine that calls Stop or Wait, it has to pass this context on to it. With any other context they wait
// for fn, and fn for them, until that context ends.
//
// The context has the values of New's. It does not end, neither with New's nor when the supervisor is stopped.
func OnFailure(fn func(context.Context, Failure)) Option {
	if fn == nil {
		panic("supervisor: OnFailure of a nil function")
	}
	return func(s *Supervisor) { s.handler = fn }
}

// logFailure is the handler where New was given none.
func logFailure(ctx context.Context, f Failure) {
	if p, ok := errors.AsType[*PanicError](f.Err); ok {
		slog.ErrorContext(ctx, "supervisor: task failed", "task", f.Task, "err", f.Err, "stack", string(p.Stack))
		return
	}
	slog.ErrorContext(ctx, "supervisor: task failed", "task", f.Task, "err", f.Err)
}

// inHandler tells whether ctx is the failure handler's, or derived from it.
func (s *Supervisor) inHandler(ctx context.Context) bool {
	_, ok := ctx.Value(callerKey{s}).(inHandler)
	return ok
}

// handOn is the goroutine that calls the handler until no failure is left. The first failure starts it, so that a supervisor without one needs none. It is
// not the goroutine of the task, whose stack would live on while other tasks fail.
//
//nolint:contextcheck,nolintlint // without this, each caller of Go is told to pass a context; the handler must have none that ends
func (s *Supervisor) handOn() {
	ctx := context.WithValue(context.WithoutCancel(s.parent), callerKey{s}, inHandler{})
	left := true
	defer func() {
		if left {
			go s.handOn() // the handler ended in Goexit, which takes this goroutine, but not the failures behind
		}
	}()
	for left {
		var f Failure
		if f, left = s.nextFailure(); left {
			s.call(ctx, f)
		}
	}
}

// nextFailure takes the failure that came first. If there is none, the goroutine that asks has to end.
func (s *Supervisor) nextFailure() (Failure, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) == 0 {
		s.failures = nil
		s.handing = false
		s.wakeLocked()
		return Failure{}, false
	}
	f := s.failures[0]
	s.failures[0] = Failure{} // lets go of what it holds
	s.failures = s.failures[1:]
	return f, true
}

// call calls the handler with f.
func (s *Supervisor) call(ctx context.Context, f Failure) {
	defer func() {
		if value := recover(); value != nil {
			defer func() { _ = recover() }() // a logger that panics ends nothing either
			slog.ErrorContext(ctx, "supervisor: failure handler panicked", "panic", value, "task", f.Task, "err", f.Err, "stack", string(debug.Stack()))
		}
	}()
	s.handler(ctx, f)
}
