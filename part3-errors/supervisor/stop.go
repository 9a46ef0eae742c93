package supervisor

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ErrStopped says that a supervisor takes no more tasks. It is also the cause of the tasks' cancellation where Stop was given none.
var ErrStopped = errors.New("supervisor: stopped")

// A StopError says that a Stop gave up waiting.
type StopError struct {
	Running []string // the tasks that it was still waiting for, oldest first; none if it was waiting for the failure handler only
	Cause   error    // that of the context which ended the wait
}

// Error names the tasks and the cause.
func (e *StopError) Error() string {
	if len(e.Running) == 0 {
		return fmt.Sprintf("supervisor: failures not handed on yet: %v", e.Cause)
	}
	return fmt.Sprintf("supervisor: still running: %s: %v", strings.Join(e.Running, ", "), e.Cause)
}

// Unwrap returns the cause.
func (e *StopError) Unwrap() error { return e.Cause }

// Stop has the supervisor refuse new tasks, cancels all that run with cause, for which nil means [ErrStopped], and waits until they have
// ended and their failures have been handed on (aiotools: Supervisor.shutdown). Then it returns nil.
//
// When ctx ends first, Stop returns a [*StopError] that names the tasks still running. They run on, and stay canceled; their failures
// are handed on when they come. On a ctx that has already ended, Stop still refuses and cancels, and where nothing runs it returns nil.
//
// Stop may be called again, also at the same time: the first cause stays, and each call waits until its own ctx ends.
//
// A task may call Stop with the context that it was given, or one derived from that. Stop then waits for all other tasks, not for this one, and not
// for those that are in such a Stop themselves (aiotools' shutdown and aclose never return there). Stop cancels this very context, and that does
// not end the wait; its deadline does, if it has one. Called by a task with any other context, Stop waits for its caller until that context ends.
// For calls from the failure handler see [OnFailure].
func (s *Supervisor) Stop(ctx context.Context, cause error) error {
	s.check()
	if ctx == nil {
		panic("supervisor: Stop with a nil context")
	}
	if cause == nil {
		cause = ErrStopped
	}
	own, _ := ctx.Value(callerKey{s}).(*task)
	w := &waiter{own: own, inside: s.inHandler(ctx), over: ctx.Err() != nil && s.ctx.Err() == nil}
	s.cancel(cause) // from here on Go refuses, and wait finds every task that it did not refuse
	running, ended := s.wait(ctx, w)
	if ended != nil {
		return &StopError{Running: running, Cause: context.Cause(ended)}
	}
	return nil
}

// Wait waits until nothing is running and the failures of the tasks that ended have been handed on, and returns nil. It does not stop anything,
// and tasks that are added meanwhile are waited for too. Where nothing runs it returns nil, also on an ended ctx.
//
// When ctx ends first, Wait returns its cause ([context.Cause]) and leaves nothing behind. A task that calls Wait waits for
// itself, that is until ctx ends. For calls from the failure handler see [OnFailure].
func (s *Supervisor) Wait(ctx context.Context) error {
	s.check()
	if ctx == nil {
		panic("supervisor: Wait with a nil context")
	}
	if _, ended := s.wait(ctx, &waiter{inside: s.inHandler(ctx)}); ended != nil {
		return context.Cause(ended)
	}
	return nil
}
