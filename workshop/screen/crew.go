package screen

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// A crew does what takes time: checks, watches, stories. Bubble Tea runs
// commands in goroutines that it forgets when it ends; the crew remembers
// them, so that no process outlives the program.
type crew struct {
	ctx    context.Context //nolint:containedctx // the lifetime that it owns
	cancel context.CancelFunc

	mu    sync.Mutex // guards ended, so that nothing begins when wg is waited for
	ended bool
	wg    sync.WaitGroup
}

func newCrew(ctx context.Context) *crew {
	c := new(crew)
	c.ctx, c.cancel = context.WithCancel(ctx)
	return c
}

// task is a command that does work under a context which ends with the crew or
// by stop, whichever is first.
func (c *crew) task(work func(context.Context) tea.Msg) (cmd tea.Cmd, stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(c.ctx)
	return func() tea.Msg {
		defer cancel()
		c.mu.Lock()
		if c.ended {
			c.mu.Unlock()
			return nil
		}
		c.wg.Add(1)
		c.mu.Unlock()
		defer c.wg.Done()
		return work(ctx)
	}, cancel
}

// end stops all that the crew does and waits for it.
func (c *crew) end() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.cancel()
	c.wg.Wait()
}
