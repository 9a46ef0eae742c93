package tasks_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// What Group.Cancel does (Python 3.15: TaskGroup.cancel).

func TestCancelEndsTheGroupWithoutAFailure(t *testing.T) {
	for name, tt := range map[string]struct{ cause, want error }{
		"nil": {nil, context.Canceled}, "a cause": {errStop, errStop}, "Canceled": {context.Canceled, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				g, ctx := tasks.NewGroup(t.Context())
				require.NoError(t, g.Go(child(after(time.Hour, 0, nil))))
				require.NoError(t, g.Go(func(ctx context.Context) error {
					<-ctx.Done()
					time.Sleep(2 * time.Second)
					return context.Cause(ctx)
				}))
				time.Sleep(time.Second)
				g.Cancel(tt.cause)
				require.Equal(t, time.Second, time.Since(start), "Cancel must not wait")
				require.Equal(t, context.Canceled, ctx.Err(), "the context must have ended when Cancel returns")
				require.Equal(t, tt.want, context.Cause(ctx))
				require.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
				require.NoError(t, g.Wait())
				require.Equal(t, 3*time.Second, time.Since(start), "Wait must wait for all")
				require.NoError(t, g.Wait())
			})
		})
	}
}

func TestFailureAfterCancelIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, ctx := tasks.NewGroup(t.Context())
		joined := errors.Join(context.Canceled, errCleanUp)
		for i, err := range []error{errBoom, joined, nil} {
			require.NoError(t, g.Go(child(stubborn(time.Duration(i+2)*time.Second, 0, err))))
		}
		time.Sleep(time.Second)
		g.Cancel(errStop)
		require.Equal(t, []error{errBoom, joined}, failures(t, g.Wait()))
		require.Equal(t, errStop, context.Cause(ctx), "the first cause stays")
	})
}

func TestCancelAfterAFailureChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, ctx := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
		require.NoError(t, g.Go(child(stubborn(3*time.Second, 0, errStop))))
		time.Sleep(2 * time.Second)
		g.Cancel(errStop)
		require.ErrorIs(t, context.Cause(ctx), errBoom)
		require.Equal(t, []error{errBoom, errStop}, failures(t, g.Wait()))
	})
}

func TestCancelOfAFinishedGroupChangesNothing(t *testing.T) {
	g, ctx := tasks.NewGroup(t.Context())
	require.NoError(t, g.Wait())
	g.Cancel(errStop)
	require.Equal(t, context.Canceled, context.Cause(ctx))
	require.NoError(t, g.Wait())
}

func TestGroupThatIsCanceledBeforeItBeginsTakesNothing(t *testing.T) {
	g, _ := tasks.NewGroup(t.Context())
	g.Cancel(nil)
	g.Cancel(errStop)
	require.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
	require.NoError(t, g.Wait())
}

// The search is over when one has found it.
func TestChildMayCancelItsGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Hour, 0, nil))))
		require.NoError(t, g.Go(func(ctx context.Context) error {
			time.Sleep(time.Second)
			g.Cancel(errStop)
			assert.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
			return ctx.Err()
		}))
		require.NoError(t, g.Wait())
		require.Equal(t, time.Second, time.Since(start))
	})
}

func TestCanceledParentComesOutOfACanceledGroup(t *testing.T) {
	for name, parentEnds := range map[string]time.Duration{"before Cancel": time.Second, "after Cancel": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, cancel := context.WithTimeoutCause(t.Context(), parentEnds, errBoom)
				defer cancel()
				g, _ := tasks.NewGroup(parent)
				require.NoError(t, g.Go(child(stubborn(4*time.Second, 0, nil))))
				time.Sleep(2 * time.Second)
				g.Cancel(errStop)
				require.Equal(t, errBoom, g.Wait())
			})
		})
	}
}

// What Go refused, it refused because of Cancel or the failure, not because of the parent.
func TestParentThatEndsAfterTheChildrenOfAStoppedGroupChangesNothing(t *testing.T) {
	for name, stop := range map[string]func(g *tasks.Group) (want []error){
		"Cancel":  func(g *tasks.Group) []error { g.Cancel(errStop); return nil },
		"failure": func(g *tasks.Group) []error { _ = g.Go(child(after(0, 0, errCleanUp))); return []error{errCleanUp} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errBoom)
				defer cancel()
				g, _ := tasks.NewGroup(parent)
				require.NoError(t, g.Go(child(after(time.Second, 0, nil))))
				want := stop(g)
				time.Sleep(3 * time.Second)
				require.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
				err := g.Wait()
				if want == nil {
					require.NoError(t, err)
				} else {
					require.Equal(t, want, failures(t, err))
				}
			})
		})
	}
}

func TestCancelFromManyGoroutinesHasOneCause(t *testing.T) {
	for range 100 {
		g, ctx := tasks.NewGroup(t.Context())
		var wg sync.WaitGroup
		for _, cause := range []error{errStop, errBoom, nil} {
			_ = g.Go(func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
			wg.Go(func() { g.Cancel(cause) })
			wg.Go(func() { _ = g.Go(child(after(0, 0, nil))) })
		}
		require.NoError(t, g.Wait())
		wg.Wait()
		require.Equal(t, context.Canceled, ctx.Err())
	}
}

func TestMisuseOfCancelAndSetLimitPanics(t *testing.T) {
	var zero tasks.Group
	require.PanicsWithValue(t, "tasks: Group not made by NewGroup", func() { zero.Cancel(nil) })
	require.PanicsWithValue(t, "tasks: Group not made by NewGroup", func() { zero.SetLimit(1) })
	g, _ := tasks.NewGroup(t.Context())
	require.PanicsWithValue(t, "tasks: Group.SetLimit(0), which no function could pass", func() { g.SetLimit(0) })
	require.NoError(t, g.Go(child(after(0, 0, nil))))
	require.PanicsWithValue(t, "tasks: Group.SetLimit after the first Go", func() { g.SetLimit(1) })
	require.NoError(t, g.Wait())
	refused, _ := tasks.NewGroup(t.Context())
	refused.Cancel(nil)
	require.ErrorIs(t, refused.Go(child(after(0, 0, nil))), tasks.ErrClosed)
	require.PanicsWithValue(t, "tasks: Group.SetLimit after the first Go", func() { refused.SetLimit(1) })
	require.NoError(t, refused.Wait())
}
