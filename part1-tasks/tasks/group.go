package tasks

import (
	"context"
	"errors"
	"sync"
)

// A Group runs functions that belong together: the first one that fails cancels the others, and Wait returns when all have ended,
// with every failure (asyncio.TaskGroup). Groups are made by [NewGroup]; the zero value panics.
//
// errgroup.Group keeps the first failure only, takes functions at any time, also when it has already failed, and reports nothing of
// a cancelled parent. Where that is enough, use it.
type Group struct {
	parent context.Context //nolint:containedctx // a group is a lifetime; only Wait's answer looks at it
	ctx    context.Context //nolint:containedctx // handed to each function, as errgroup leaves to the caller
	cancel context.CancelCauseFunc

	mu       sync.Mutex // guards what follows; err is constant once done is closed
	running  int
	complete bool          // the last function ended while parent was alive, and none was refused since
	waited   bool          // Wait was called: the group is done as soon as nothing runs
	closed   bool          // done is closed, or about to be
	done     chan struct{} // closed when all is over
	failures []error
	err      error
}

// NewGroup returns a group and its context, which ends when the first function fails, with that failure as its cause, when
// ctx ends, and when Wait returns. Whoever calls NewGroup has to call Wait.
func NewGroup(ctx context.Context) (*Group, context.Context) {
	if ctx == nil {
		panic("tasks: NewGroup with a nil context")
	}
	inner, cancel := context.WithCancelCause(ctx)
	return &Group{parent: ctx, ctx: inner, cancel: cancel, done: make(chan struct{})}, inner
}

// Go runs fn in a goroutine of its own, with the group's context, and returns at once (TaskGroup.create_task). Go(nil) panics.
//
// Once the group is stopping, because a function failed or the parent ended, or has finished, Go returns [ErrClosed] and fn
// never runs; where Go returned nil, fn does run. Functions of the group may call Go while they run, and anybody may until
// Wait has returned. After a Wait that found nothing running, the group is finished.
func (g *Group) Go(fn func(context.Context) error) error {
	if g.ctx == nil {
		panic("tasks: Group not made by NewGroup")
	}
	if fn == nil {
		panic("tasks: Group.Go of a nil function")
	}
	if !g.enter() {
		return ErrClosed
	}
	go g.run(fn)
	return nil
}

// Wait waits until all functions have ended; nothing ends that wait early, and a parent that ends only asks them to. It may be called
// several times and by several, each of which gets the same answer, but not by a function of the group, which would wait for itself.
//
// Wait returns nil, or:
//   - if functions failed, every failure, joined ([errors.Join]) in the order in which they came. A function that, after the group was
//     cancelled, returned an error that only reports this adds nothing; an error of its clean-up, alone or joined to such a report,
//     is a failure, and so is context.Canceled of another context while the group was not cancelled;
//   - if the parent ended before the functions did, its context.Cause, whatever they returned: alone if nothing failed, else joined
//     as the last. A parent that ended when the last function had already returned changes nothing.
//
// (CPython: test_taskgroup_01 to 25, test_error_and_cancel.)
func (g *Group) Wait() error {
	if g.ctx == nil {
		panic("tasks: Group not made by NewGroup")
	}
	g.mu.Lock()
	g.waited = true
	g.finishLocked()
	g.mu.Unlock()
	<-g.done
	return g.err
}

// enter counts a function in, unless the group takes no more.
func (g *Group) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.complete = false
	if g.closed || g.ctx.Err() != nil {
		return false
	}
	g.running++
	return true
}

// run is the goroutine of one function.
func (g *Group) run(fn func(context.Context) error) {
	err := errGoexit // unless fn returns
	defer func() {
		if p := recover(); p != nil {
			panic(p) // for the reason see call
		}
		g.end(err)
	}()
	err = fn(g.ctx)
}

// end takes note that a function has returned err.
func (g *Group) end(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && !onlyReports(g.ctx, err) && !onlyReports(g.parent, err) {
		g.failures = append(g.failures, err)
		g.cancel(err) // under the lock, so that the cause is the first failure in the list
	}
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
	g.cancel(nil)
	close(g.done)
}
