package supervisor

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// A task is a function that runs, and the context that the function was given: that of the supervisor, which also says whose it is.
// One for all is what makes it cheap to stop many.
type task struct {
	s    *Supervisor
	name string
	fn   func(context.Context) error

	// Guarded by s.mu.
	older, newer *task
	stops        int // calls of Stop with this context that are waiting
	running      bool
}

// run is the goroutine of a task.
func (t *task) run() {
	var failure error
	defer func() { t.s.end(t, failure) }() // also after Goexit
	failure = t.call()
}

// call calls the function and returns its failure. Nothing but Goexit gets past here; the panic of an error that is asked what it wraps
// does not either.
//
//nolint:contextcheck,nolintlint // the task is the context; without this, callers of Go are told to pass one
func (t *task) call() (failure error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		value := recover()
		if value == nil {
			value = new(runtime.PanicNilError) // GODEBUG=panicnil=1, or Goexit: then nobody gets to see it
		}
		failure = &PanicError{Value: value, Stack: debug.Stack()}
	}()
	if err := t.fn(t); err != nil && !t.s.onlyCancelled(err) {
		failure = err
	}
	returned = true
	return failure
}

func (t *task) Deadline() (time.Time, bool) { return t.s.ctx.Deadline() }
func (t *task) Done() <-chan struct{}       { return t.s.ctx.Done() }
func (t *task) Err() error                  { return t.s.ctx.Err() }

// Value answers a supervisor that asks for its own task, and is otherwise that of the supervisor's context. Since the rest is
// the same too, the context package treats a task as that context: what is derived from it costs no goroutine.
func (t *task) Value(key any) any {
	if key == any(t.s) {
		return t
	}
	return t.s.ctx.Value(key)
}

// String names the context as the context package names its own; without it, printing one would read its fields unguarded.
func (t *task) String() string {
	return fmt.Sprintf("%v.Task(%s)", t.s.ctx, t.name)
}

// taskOf returns the running task of s to which ctx belongs, or nil.
func (s *Supervisor) taskOf(ctx context.Context) *task {
	t, _ := ctx.Value(s).(*task)
	return t
}
