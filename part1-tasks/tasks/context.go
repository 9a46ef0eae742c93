package tasks

import (
	"context"
	"fmt"
	"sync"
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
	parent context.Context //nolint:containedctx // this is a context

	state atomic.Uint32   // of the constants below; made once real and stop are set
	mu    sync.Mutex      // guards the change of state
	real  context.Context //nolint:containedctx // this is a context
	stop  context.CancelCauseFunc
}

const (
	asParent = iota // nobody needed the real context yet
	made            // real and stop are set
	over            // the task has ended and nobody needed the real context
)

func (c *taskContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }
func (c *taskContext) Done() <-chan struct{}       { return c.make().Done() }
func (c *taskContext) Value(key any) any           { return c.make().Value(key) }

func (c *taskContext) Err() error {
	if c.state.Load() == asParent {
		return c.parent.Err()
	}
	return c.make().Err()
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
	c.make()
	c.stop(cause)
}

// release ends the context of a task that has ended, so that the parent forgets it.
func (c *taskContext) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Load() == made {
		c.stop(nil)
		return
	}
	c.state.Store(over)
}

// make returns the real context.
func (c *taskContext) make() context.Context {
	if c.state.Load() == made {
		return c.real
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	state := c.state.Load()
	if state == made {
		return c.real
	}
	c.real, c.stop = context.WithCancelCause(c.parent)
	if state == over {
		c.stop(nil) // asked for by something that the task left behind
	}
	c.state.Store(made)
	return c.real
}
