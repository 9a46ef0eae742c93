package tasks

import (
	"context"
	"errors"
	"sync"

	"example.com/asyncio-to-go/part1-tasks/report"
)

// A Group runs functions that belong together: the first one that fails cancels the rest, and Wait returns when all have ended,
// with every failure (asyncio.TaskGroup). Groups are made by [NewGroup]; the zero value panics.
//
// errgroup.Group keeps the first failure only, takes functions at any time, also when it has already failed, and reports nothing of
// a canceled parent. Where that is enough, use it.
type Group struct {
	parent context.Context //nolint:containedctx // without it, Wait could not tell whether the parent ended or the group itself
	ctx    context.Context //nolint:containedctx // without it, each caller of Go would have to hand it over, and might hand over another
	cancel context.CancelCauseFunc

	mu       sync.Mutex // guards what follows; err is constant once done is closed
	limit    limit
	began    bool // Go was called
	running  int  // functions, and calls of Go that wait for a place
	stopped  bool // by a failure or Cancel, before the parent ended
	complete bool // the last function ended while the parent was alive, and the end of the parent has kept out none since
	waited   bool // Wait was called: the group is done as soon as nothing runs
	closed   bool // done is closed, or about to be
	done     chan struct{}
	failures []error
	err      error
}

// NewGroup returns a group and its context. The context ends when the first function fails, when the group is canceled, when
// ctx ends, and when Wait returns. After a failure its cause is an error that wraps this failure, and that no other group has.
// The caller of NewGroup has to call Wait.
func NewGroup(ctx context.Context) (*Group, context.Context) {
	if ctx == nil {
		panic("tasks: NewGroup with a nil context")
	}
	inner, cancel := context.WithCancelCause(ctx)
	return &Group{parent: ctx, ctx: inner, cancel: cancel, done: make(chan struct{})}, inner
}

// SetLimit limits the group to n functions at a time: Go then waits for a place. A negative n means no limit, as in errgroup; zero
// panics. It must be called before the first Go, and panics after it.
func (g *Group) SetLimit(n int) {
	g.check()
	if n == 0 {
		panic("tasks: Group.SetLimit(0), which no function could pass")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.began {
		panic("tasks: Group.SetLimit after the first Go")
	}
	g.limit = nil
	if n > 0 {
		g.limit = make(limit, n)
	}
}

// Go runs fn in a goroutine of its own, with the group's context (TaskGroup.create_task). It returns at once, but where
// a limit is set it first waits for a place; calls of Go get their places in the order in which they came. Go(nil) panics.
//
// Go returns [ErrClosed], and fn never runs, once the group is stopping or has finished: a function failed, Cancel was called, the parent
// ended, or Wait found nothing running. That also ends the wait for a place. Where Go returned nil, fn does run.
//
// Go may be called by any goroutine until Wait has returned, also by a function of the group. With a limit that function
// keeps its place while it waits for another one: where all do so, none gets one, until the group is stopped.
func (g *Group) Go(fn func(context.Context) error) error {
	g.check()
	if fn == nil {
		panic("tasks: Group.Go of a nil function")
	}
	limit, ok := g.enter()
	if !ok {
		return ErrClosed
	}
	if !limit.take(g.ctx) {
		g.leave()
		return ErrClosed
	}
	go g.run(fn)
	return nil
}

// Cancel ends the group without a failure (Python 3.15: TaskGroup.cancel): it ends the group's context with cause, for which nil means
// context.Canceled, and does not wait. Go then returns [ErrClosed], and Wait waits for the functions as always; what they return counts as
// after a failure, so that Wait returns nil unless one has really failed or the parent ended.
//
// Only the first Cancel counts, and none after a failure, or after the parent or the group has ended. Any goroutine may call Cancel, also
// a function of the group.
func (g *Group) Cancel(cause error) {
	g.check()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopLocked(cause)
}

// Wait waits until all functions have ended; nothing ends that wait early, and a parent that ends only asks them to. It may be called
// any number of times, also at once, and gives each caller the same answer. A function of the group must not call it: it would wait for itself.
//
// Wait returns nil, or:
//   - if functions failed, every failure, joined ([errors.Join]) in the order in which they came. A function that, after the group was
//     canceled, returned an error that only reports this adds nothing; an error of its clean-up, alone or joined to such a report,
//     is a failure, and so is context.Canceled of another context while the group was not canceled;
//   - if the parent ended before the functions did, its context.Cause, whatever they returned: alone if nothing failed, else joined
//     as the last. A parent that ended when the last function had already returned changes nothing.
//
// (CPython: test_taskgroup_01 to 25, test_error_and_cancel.)
func (g *Group) Wait() error {
	g.check()
	g.mu.Lock()
	g.waited = true
	g.finishLocked()
	g.mu.Unlock()
	<-g.done
	g.cancel(nil) // here, since it is too deep for the first stack of the last function's goroutine, which the runtime would copy
	return g.err
}

func (g *Group) check() {
	if g.ctx == nil {
		panic("tasks: Group not made by NewGroup")
	}
}

// enter counts a function in and returns the limit that it has to pass, unless the group takes no more functions.
func (g *Group) enter() (limit, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.began = true
	if g.closed || g.ended() {
		g.complete = g.complete && g.stopped
		return nil, false
	}
	g.complete = false
	g.running++
	return g.limit, true
}

// run is the goroutine of one function.
func (g *Group) run(fn func(context.Context) error) {
	err := errGoexit // unless fn returns
	defer unlessPanic(func() { g.end(err) })
	err = fn(g.ctx)
}

// end takes note that a function has returned err.
func (g *Group) end(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && !report.Only(err, g.ctx, g.parent) {
		g.failures = append(g.failures, err)
		g.stopLocked(&firstError{err}) // under the lock, so that the cause is the first failure in the list
	}
	g.limit.free() // after the cancel, so that no function begins in a group that has failed
	g.leaveLocked()
}

func (g *Group) stopLocked(cause error) {
	g.stopped = g.stopped || !g.ended()
	g.cancel(cause)
}

// ended tells whether the group's context has ended, or its parent, which ends a moment before.
func (g *Group) ended() bool {
	return g.ctx.Err() != nil || g.parent.Err() != nil
}

// leave counts out a call of Go that got no place.
func (g *Group) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leaveLocked()
}

func (g *Group) leaveLocked() {
	g.running--
	if g.running == 0 {
		g.complete = g.parent.Err() == nil
		g.finishLocked()
	}
}

// finishLocked finishes the group if it is waited for and nothing runs.
func (g *Group) finishLocked() {
	if !g.waited || g.running > 0 || g.closed {
		return
	}
	g.closed = true
	var cause error
	if !g.complete {
		cause = context.Cause(g.parent)
	}
	g.err = cause
	if len(g.failures) > 0 {
		g.err = errors.Join(append(g.failures, cause)...)
	}
	close(g.done)
}
