package supervisor

import (
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
// fn is called in the order in which the tasks failed, once for each, never twice at the same time, and outside of any lock. While a call takes
// long, the failures behind it queue up, and Stop and Wait wait for them; the tasks do not. A panic of fn is reported by slog.Error and
// ends that call only; so does [runtime.Goexit], without the report.
//
// fn may call all methods of the supervisor. Stop and Wait, called from it, wait for the tasks but not for the failures, which cannot be
// handed on before fn returns, and not for tasks that are in Stop themselves. They know the goroutine of fn: if fn starts another one that calls
// Stop or Wait, and waits for it, both wait until the context of that call ends.
func OnFailure(fn func(Failure)) Option {
	if fn == nil {
		panic("supervisor: OnFailure of a nil function")
	}
	return func(s *Supervisor) { s.handler = fn }
}

// logFailure is the handler of those who set none.
func logFailure(f Failure) {
	if p, ok := errors.AsType[*PanicError](f.Err); ok {
		slog.Error("supervisor: task failed", "task", f.Task, "err", f.Err, "stack", string(p.Stack))
		return
	}
	slog.Error("supervisor: task failed", "task", f.Task, "err", f.Err)
}

// handOn is the goroutine that calls the handler until no failure is left. The first failure starts it, so that none has to stand by; it is not that
// of the task, whose stack and whose values would live on while others fail.
func (s *Supervisor) handOn() {
	me := goroutine()
	s.mu.Lock()
	s.handingOn = me
	s.mu.Unlock()
	left := true
	defer func() {
		if left {
			go s.handOn() // the handler ended in Goexit, which takes this goroutine, but not the failures behind
		}
	}()
	for left {
		var f Failure
		if f, left = s.nextFailure(); left {
			s.call(f)
		}
	}
}

// nextFailure takes the failure that came first. If there is none, nobody hands on any more.
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
func (s *Supervisor) call(f Failure) {
	defer func() {
		if value := recover(); value != nil {
			defer func() { _ = recover() }() // of the logger: nobody is left to tell
			slog.Error("supervisor: failure handler panicked", "panic", value, "task", f.Task, "err", f.Err, "stack", string(debug.Stack()))
		}
	}()
	s.handler(f)
}
