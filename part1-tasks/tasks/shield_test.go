package tasks_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// CPython: test_shield_effect, test_shield_cancel_outer.
func TestShieldedTaskRunsOnWhenTheCallerIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		inner := make(chan *tasks.Task[int], 1)
		outer := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			task := tasks.Shield(ctx, after(2*time.Second, 42, nil))
			inner <- task
			return task.Wait(ctx)
		})
		time.Sleep(time.Second)
		outer.Cancel(errStop)
		_, err := outer.Wait(t.Context())
		require.Equal(t, errStop, err)
		require.True(t, outer.Cancelled())
		require.Equal(t, time.Second, time.Since(start), "the caller must not wait for what it shields")
		value, err := (<-inner).Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

// CPython: test_shield_cancel_inner.
func TestShieldedTasksOwnCancelWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		task := tasks.Shield(t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, context.Cause(ctx)
		})
		time.Sleep(time.Second)
		task.Cancel(errStop)
		_, err := task.Wait(t.Context())
		require.Equal(t, errStop, err)
		require.True(t, task.Cancelled())
		require.Equal(t, time.Second, time.Since(start))
	})
}

// CPython: test_shield_result, test_shield_exception.
func TestShieldPassesTheOutcomeOn(t *testing.T) {
	value, err := tasks.Shield(t.Context(), after(0, 42, errBoom)).Wait(t.Context())
	require.Equal(t, errBoom, err)
	require.Equal(t, 42, value)
}

// CPython: WaitForShieldTests.
func TestShieldKeepsTheValuesAndNotTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "request 7"), time.Second)
		defer cancel()
		value, err := tasks.Shield(ctx, func(ctx context.Context) (any, error) {
			_, ok := ctx.Deadline()
			assert.False(t, ok, "the deadline must not come along")
			_, err := after(2*time.Second, 0, nil)(ctx)
			return ctx.Value(key{}), err
		}).Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, "request 7", value)
	})
}

func TestShieldStartsOnAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	value, err := tasks.Shield(ctx, func(ctx context.Context) (int, error) {
		assert.Equal(t, [2]error{}, [2]error{ctx.Err(), context.Cause(ctx)})
		return 42, ctx.Err()
	}).Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, 42, value)
}

// CPython: test_shield_gather.
func TestShieldedGatherRunsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		task := tasks.Shield(ctx, func(ctx context.Context) ([]int, error) {
			return tasks.Gather(ctx, after(2*time.Second, 1, nil), after(3*time.Second, 2, nil))
		})
		_, err := task.Wait(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		values, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int{1, 2}, values)
	})
}

// CPython: test_gather_shield.
func TestGatherOfShieldedTasksIsCancelledAndTheyAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		task := tasks.Shield(ctx, after(2*time.Second, 42, nil))
		_, err := tasks.Gather(ctx, task.Wait, task.Wait)
		require.Equal(t, errStop, err)
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
	})
}

func TestMisuseOfShieldPanicsAtTheCaller(t *testing.T) {
	var none context.Context
	require.PanicsWithValue(t, "tasks: Shield with a nil context", func() { tasks.Shield(none, after(0, 1, nil)) })
	require.PanicsWithValue(t, "tasks: Shield of a nil function", func() { tasks.Shield[int](t.Context(), nil) })
}
