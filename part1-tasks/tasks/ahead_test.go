package tasks_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// An ahead is a parent in the moment in which it has ended and the contexts made from it have not: a context ends before its children do.
type ahead struct {
	context.Context //nolint:containedctx // it is one
	ended           atomic.Bool
}

func (c *ahead) Err() error {
	if c.ended.Load() {
		return context.Canceled
	}
	return c.Context.Err()
}

func TestTaskMayReportTheEndOfItsParentBeforeItsOwnContextHasEnded(t *testing.T) {
	parent := &ahead{Context: t.Context()}
	task := tasks.Go(parent, func(context.Context) (int, error) {
		parent.ended.Store(true)
		return 0, fmt.Errorf("reading: %w", parent.Err())
	})
	_, err := task.Wait(t.Context())
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, task.Cancelled())
}

func TestGroupTakesNothingOnceItsParentHasEnded(t *testing.T) {
	parent := &ahead{Context: t.Context()}
	g, _ := tasks.NewGroup(parent)
	parent.ended.Store(true)
	require.Equal(t, tasks.ErrClosed, g.Go(func(context.Context) error { panic("started") }))
	require.Equal(t, context.Canceled, g.Wait())
}

func TestCancelAfterTheEndOfTheParentDoesNotHideIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent := &ahead{Context: t.Context()}
		g, _ := tasks.NewGroup(parent)
		require.NoError(t, g.Go(child(after(0, 0, nil))))
		synctest.Wait()
		parent.ended.Store(true)
		g.Cancel(nil)
		require.Equal(t, tasks.ErrClosed, g.Go(func(context.Context) error { panic("started") }))
		require.Equal(t, context.Canceled, g.Wait(), "a function was refused because the parent had ended")
	})
}
