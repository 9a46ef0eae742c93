package supervisor

import (
	"context"
	"slices"
)

// A waiter is a call of Stop or Wait that waits.
type waiter struct {
	own    *task         // calls Stop with its own context; nil for everybody else
	inside bool          // called by the failure handler
	at     int           // where it stands in Supervisor.waiters; guarded by mu
	done   chan struct{} // closed when there is nothing more to wait for
}

// noWait is the waiter of every call that need not wait.
var noWait = func() *waiter {
	w := &waiter{at: gone, done: make(chan struct{})}
	close(w.done)
	return w
}()

// gone is where a waiter stands that waits no longer.
const gone = -1

// among tells whether w is waited for itself, by a task's Stop or by all who wait for the handler. Two such calls would wait for each other
// for ever, so they do not wait for those that are in Stop.
func (w *waiter) among() bool { return w.own != nil || w.inside }

// wait waits until all that its caller has to wait for has happened, or ctx has ended. Then it returns the context that ended the wait, and the
// names of the tasks that still run.
func (s *Supervisor) wait(ctx context.Context, own *task) ([]string, context.Context) {
	w := s.enter(own)
	if w.woken(ctx) {
		return nil, nil
	}
	if own != nil && s.endedWith(ctx) {
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

// endedWith tells whether ctx has ended because the supervisor was cancelled.
func (s *Supervisor) endedWith(ctx context.Context) bool {
	return same(ctx.Err(), context.Canceled) && same(context.Cause(ctx), context.Cause(s.ctx)) //nolint:contextcheck // that is the question
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

// enter lets a call wait.
func (s *Supervisor) enter(own *task) *waiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	inside := s.handing && s.handingOn == goroutine()
	if s.running == 0 && (!s.handing || inside) {
		return noWait
	}
	w := &waiter{own: own, inside: inside, at: len(s.waiters), done: make(chan struct{})}
	s.waiters = append(s.waiters, w)
	if own != nil {
		own.stops++
		if own.stops == 1 && own.running {
			s.stopping++
		}
	}
	s.wakeLocked()
	return w
}

// leave ends the wait of a call whose context has ended. If the call was woken before, that stands.
func (s *Supervisor) leave(ctx context.Context, w *waiter) (running []string, ended context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.at == gone {
		return nil, nil
	}
	for t := s.oldest; t != nil; t = t.newer {
		if t.stops == 0 || !w.among() {
			running = append(running, t.name)
		}
	}
	s.forgetLocked(w)
	return running, ctx
}

// wakeLocked wakes those who have nothing more to wait for. It is called whenever a task ends or calls Stop, and when the
// last failure has been handed on.
func (s *Supervisor) wakeLocked() {
	if len(s.waiters) == 0 || s.running > s.stopping {
		return
	}
	nothingRuns := s.running == 0
	for _, w := range slices.Backward(s.waiters) { // forgetting one moves the last to its place
		if (nothingRuns || w.among()) && (!s.handing || w.inside) {
			close(w.done)
			s.forgetLocked(w)
		}
	}
}

// forgetLocked removes w.
func (s *Supervisor) forgetLocked(w *waiter) {
	last := len(s.waiters) - 1
	s.waiters[w.at] = s.waiters[last]
	s.waiters[w.at].at = w.at
	s.waiters[last] = nil
	s.waiters = s.waiters[:last]
	if last == 0 {
		s.waiters = nil // there may have been many
	}
	w.at = gone
	if w.own != nil {
		w.own.stops--
		if w.own.stops == 0 && w.own.running {
			s.stopping--
		}
	}
}
