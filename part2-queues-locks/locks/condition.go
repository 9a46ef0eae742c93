package locks

import (
	"context"
	"math"
)

// A Condition lets goroutines wait for something that changes under a [Lock], as [sync.Cond] does; its waiters give up
// when their ctx ends. Make one with [NewCondition]. asyncio's name is Condition.
//
// Notify moves a waiter to the end of the line for the Lock, without running it. So waiters return in the order in which
// they came, no goroutine that asks for the Lock after the notification overtakes them, and each waiter is woken once, when
// it holds the Lock.
//
// Several Conditions may share one Lock. A Condition must not be copied after first use.
type Condition struct {
	// L must be held by the caller of Wait, Notify or NotifyAll, and while what the waiters wait for is read or changed.
	L *Lock

	line waiters // to be notified; guarded by L.mu
}

// NewCondition returns a Condition on l. If l is nil, the Condition gets a new Lock.
func NewCondition(l *Lock) *Condition {
	if l == nil {
		l = new(Lock)
	}
	return &Condition{L: l}
}

// Wait releases L, waits until it is notified or ctx ends, and takes L back. The caller holds L on return, error or not,
// however long that takes: the end of ctx does not end the wait for L.
//
// If ctx ends before Wait has L back, Wait returns [context.Cause] of ctx; if it had been notified, the next waiter is
// notified in its place. On a ctx that has already ended, Wait returns the cause without releasing L.
//
// Wait does not know what the caller waits for, and another goroutine may have changed it again: call Wait in a loop, or use
// WaitFor. Wait panics if L is not held.
func (c *Condition) Wait(ctx context.Context) error {
	c.mustHold("wait on")
	check(ctx, "Condition.Wait")
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	l := c.L
	w := newWaiter()
	l.mu.Lock()
	c.line.Push(w)
	l.state.Add(1)
	l.serveLocked()
	l.mu.Unlock()

	select {
	case <-w.Value:
		if ctx.Err() == nil {
			return nil
		}
	case <-ctx.Done():
	}

	// The caller needs the Lock all the same. If it was notified, it is in the line for the Lock, or holds it already.
	l.mu.Lock()
	if c.line.Remove(w) {
		l.line.Push(w)
		l.serveLocked()
	} else {
		c.notifyLocked(1)
	}
	l.mu.Unlock()
	<-w.Value
	return context.Cause(ctx)
}

// WaitFor waits until ok returns true. It calls ok with L held, at first and after each wake-up. If ok returns true at once,
// WaitFor returns nil, even on a ctx that has ended. What ends the wait early, and what is returned then, is as for Wait.
func (c *Condition) WaitFor(ctx context.Context, ok func() bool) error {
	for !ok() {
		if err := c.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Notify wakes up to n waiters, first come, first served. They return from Wait once L has been released, each
// after the one before has released it. A notification without a waiter is not kept. Notify panics if L is not held.
func (c *Condition) Notify(n int) {
	c.mustHold("notify on")
	c.L.mu.Lock()
	defer c.L.mu.Unlock()
	c.notifyLocked(n)
}

// NotifyAll wakes all waiters, as Notify does.
func (c *Condition) NotifyAll() {
	c.Notify(math.MaxInt)
}

func (c *Condition) notifyLocked(n int) {
	for ; n > 0 && c.line.First() != nil; n-- {
		c.L.line.Push(c.line.Pop())
	}
	c.L.serveLocked()
}

func (c *Condition) mustHold(call string) {
	if c.L == nil || c.L.state.Load()&held == 0 {
		panic("locks: " + call + " a Condition whose Lock is not held")
	}
}
