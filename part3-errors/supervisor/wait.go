package supervisor

import (
	"container/list"
	"context"

	"example.com/asyncio-to-go/part1-tasks/report"
)

// A waiter is a call of Stop or Wait that waits.
type waiter struct {
	own    *task         // the task that calls Stop with its own context, or nil
	inside bool          // called with the failure handler's context
	over   bool          // called with a context that has ended by itself, with whatever cause
	done   chan struct{} // closed when there is nothing more to wait for
	place  *list.Element // in s.waiters; nil once it waits no longer; guarded by s.mu
}

// among tells whether other calls wait for this one: Stop for the task that calls it, and all outside calls for the handler. Two such calls would
// never end if they waited for each other, so they do not wait for the tasks that are in Stop.
func (w *waiter) among() bool { return w.own != nil || w.inside }

// wait waits until all that its caller has to wait for has happened, or ctx has ended. Then it returns the context that ended the wait, and the
// names of the tasks that still run.
func (s *Supervisor) wait(ctx context.Context, w *waiter) ([]string, context.Context) {
	if !s.enter(w) || w.woken(ctx) {
		return nil, nil
	}
	if w.own != nil && !w.over && s.endedWith(ctx) {
		var cancel context.CancelFunc
		ctx, cancel = onlyDeadline(ctx)
		defer cancel()
		if w.woken(ctx) {
			return nil, nil
		}
	}
	return s.leave(ctx, w)
}

// woken waits until w is woken, and tells whether that came before ctx ended.
func (w *waiter) woken(ctx context.Context) bool {
	select {
	case <-w.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// endedWith tells whether ctx has ended because the supervisor was canceled.
func (s *Supervisor) endedWith(ctx context.Context) bool {
	return report.Same(ctx.Err(), context.Canceled) &&
		report.Same(context.Cause(ctx), context.Cause(s.ctx)) //nolint:contextcheck // with ctx in its place, it would be compared with itself
}

// onlyDeadline returns what is left of ctx without its cancellation.
func onlyDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	ctx = context.WithoutCancel(ctx)
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline)
}

// enter lets a call wait, if there is something to wait for.
func (s *Supervisor) enter(w *waiter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks.Len() == 0 && (!s.handing || w.inside) {
		return false
	}
	w.done = make(chan struct{})
	w.place = s.waiters.PushBack(w)
	if w.own != nil {
		w.own.stops++
		if w.own.stops == 1 && w.own.place != nil {
			s.stopping++
		}
	}
	s.wakeLocked()
	return true
}

// leave ends the wait of a call whose context has ended. If the call was woken before, that stands.
func (s *Supervisor) leave(ctx context.Context, w *waiter) (running []string, ended context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.place == nil {
		return nil, nil
	}
	for e := s.tasks.Front(); e != nil; e = e.Next() {
		if t := e.Value.(*task); t.stops == 0 || !w.among() {
			running = append(running, t.name)
		}
	}
	s.forgetLocked(w)
	return running, ctx
}

// wakeLocked wakes the waiters that have nothing more to wait for. It is called whenever a task ends or calls Stop, and when the
// last failure has been handed on.
func (s *Supervisor) wakeLocked() {
	if s.tasks.Len() > s.stopping {
		return
	}
	nothingRuns := s.tasks.Len() == 0
	var next *list.Element
	for e := s.waiters.Front(); e != nil; e = next {
		next = e.Next()
		w := e.Value.(*waiter)
		if (nothingRuns || w.among()) && (!s.handing || w.inside) {
			close(w.done)
			s.forgetLocked(w)
		}
	}
}

// forgetLocked removes w.
func (s *Supervisor) forgetLocked(w *waiter) {
	s.waiters.Remove(w.place)
	w.place = nil
	if w.own == nil {
		return
	}
	w.own.stops--
	if w.own.stops == 0 && w.own.place != nil {
		s.stopping--
	}
}
