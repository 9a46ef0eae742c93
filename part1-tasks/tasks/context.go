package tasks

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// A taskContext is the context of one task: context.WithCancelCause(parent), made only when somebody needs it.
//
// Many functions never look at their context, and most that do only ask whether it has ended. For those the parent's answer is
// the right one until the task is cancelled on its own. Done, Value and cancel need the real thing; from then on all answers
// come from it. Since the real context is one of the context package's own, contexts derived from it, their causes and context.AfterFunc
// work exactly as they do there.
type taskContext struct {
	parent context.Context             //nolint:containedctx // this is a context
	real   atomic.Pointer[realContext] // nil until it is needed; over if the task ended before
}

type realContext struct {
	context.Context //nolint:containedctx // this is a context
	cancel          context.CancelCauseFunc
}

// over is the real context of every task that has ended and never needed one.
var over = new(realContext)

func (c *taskContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }
func (c *taskContext) Done() <-chan struct{}       { return c.need().Done() }
func (c *taskContext) Value(key any) any           { return c.need().Value(key) }

func (c *taskContext) Err() error {
	if c.real.Load() == nil {
		return c.parent.Err()
	}
	return c.need().Err()
}

// String names the context as the context package names its own; without it, printing one would read its fields unguarded.
func (c *taskContext) String() string {
	if parent, ok := c.parent.(fmt.Stringer); ok {
		return parent.String() + ".Task"
	}
	return fmt.Sprintf("%T.Task", c.parent)
}

// cancel ends the context with cause, unless it has ended before.
func (c *taskContext) cancel(cause error) {
	c.need().cancel(cause)
}

// release ends the context of a task that has ended, so that the parent forgets it.
func (c *taskContext) release() {
	if !c.real.CompareAndSwap(nil, over) {
		c.need().cancel(nil)
	}
}

// need returns the real context, made now if this is the first time.
func (c *taskContext) need() *realContext {
	for {
		was := c.real.Load()
		if was != nil && was != over {
			return was
		}
		ctx, cancel := context.WithCancelCause(c.parent)
		if was == over {
			cancel(nil) // needed by something that the task left behind
		}
		now := &realContext{ctx, cancel}
		if c.real.CompareAndSwap(was, now) {
			return now
		}
		cancel(nil) // somebody else was faster, or the task has ended meanwhile
	}
}
