package supervisor

import (
	"container/list"
	"context"
	"sync"
)

// A Supervisor runs tasks that have nothing to do with each other but their end: each may fail alone, and all are stopped together
// (aiotools.Supervisor). Supervisors are made by [New]; the zero value panics. A Supervisor must not be copied.
//
// All methods may be called from any goroutine, any number of times, also by tasks and by the failure handler. What comes before Go
// happens before the task; what a task does happens before its failure is handed on, and before a Stop or Wait returns that waited for it.
//
// An errgroup.Group stops at its first failure and takes a panic as the end of the program. Where that is wanted, use it.
type Supervisor struct {
	parent  context.Context //nolint:containedctx // without it, a task that watches New's context would fail when that ends
	ctx     context.Context //nolint:containedctx // without it, Go could not refuse; the tasks' contexts are made from it
	cancel  context.CancelCauseFunc
	handler func(context.Context, Failure)

	mu       sync.Mutex // guards what follows, and the fields of tasks and waiters that say so
	tasks    list.List  // of *task: those that run, the oldest first
	stopping int        // how many of them are in Stop, with a context of their own
	failures []Failure  // not handed on yet, in the order in which they came
	handing  bool       // a goroutine is handing them on
	waiters  list.List  // of *waiter
}

// An Option is given to [New].
type Option func(*Supervisor)

// New returns a supervisor on which nothing runs. Its tasks are canceled when ctx ends, with ctx's cause, and by
// [Supervisor.Stop]. After either it is of no more use: Go refuses.
//
// A supervisor on which nothing runs holds no goroutine, but ctx knows of it until it is stopped. The caller of New has to call Stop.
func New(ctx context.Context, opts ...Option) *Supervisor {
	if ctx == nil {
		panic("supervisor: New with a nil context")
	}
	s := &Supervisor{parent: ctx, handler: logFailure}
	for _, opt := range opts {
		if opt == nil {
			panic("supervisor: New with a nil option")
		}
		opt(s)
	}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	return s
}

// Go runs fn in a goroutine of its own and returns at once. The name stands for the task in [Supervisor.Running], [Failure] and
// [StopError]; two tasks may have the same. Go(name, nil) panics.
//
// Once Stop was called or the context given to New has ended, Go returns [ErrStopped] and fn never runs; where Go returned nil, fn
// does run. Go may be called at any time, also by a task and by the failure handler, which may start a failed task again.
//
// fn gets a context that ends when the supervisor is canceled, and not before: what the task leaves behind with that context, a
// context.AfterFunc for one, it has to take back itself. What fn returns and how it ends says whether it has failed:
//   - it returned nil, or ended in [runtime.Goexit]: it has not;
//   - it panicked: it has, with a [*PanicError];
//   - it returned an error: it has, unless that error only reports that the task was canceled. See the package's comment.
//
// A task that has ended is forgotten. To have its result, let fn send it.
func (s *Supervisor) Go(name string, fn func(context.Context) error) error {
	s.check()
	if fn == nil {
		panic("supervisor: Go of a nil function")
	}
	t := &task{s: s, name: name, fn: fn}
	if !s.add(t) {
		return ErrStopped
	}
	go t.run(context.WithValue(s.ctx, callerKey{s}, t))
	return nil
}

// Running returns the names of the tasks that run, the oldest first: those whose Go returned nil and whose function has not ended yet.
// A task whose failure is being handed on does not run any more.
func (s *Supervisor) Running() []string {
	s.check()
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, s.tasks.Len())
	for e := s.tasks.Front(); e != nil; e = e.Next() {
		names = append(names, e.Value.(*task).name)
	}
	return names
}

// add lists t as running, unless the supervisor takes no more.
func (s *Supervisor) add(t *task) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil || s.parent.Err() != nil { // the parent ends a moment before
		return false
	}
	t.place = s.tasks.PushBack(t)
	return true
}

// end takes note that t has ended, and has its failure handed on if it has one.
func (s *Supervisor) end(t *task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks.Remove(t.place)
	t.place = nil
	if t.stops > 0 {
		s.stopping--
	}
	if t.failure != nil {
		s.failures = append(s.failures, Failure{Task: t.name, Err: t.failure})
		if !s.handing {
			s.handing = true
			go s.handOn()
		}
	}
	s.wakeLocked()
}

func (s *Supervisor) check() {
	if s.ctx == nil {
		panic("supervisor: Supervisor not made by New")
	}
}
