package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// CPython: GatherTestsBase.test_success.
func TestGatherKeepsTheOrderOfTheArguments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		values, err := tasks.Gather(t.Context(),
			after(3*time.Second, "a", nil), after(time.Second, "b", nil), after(2*time.Second, "c", nil))
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b", "c"}, values)
		require.Equal(t, 3*time.Second, time.Since(start), "all must run at once")
	})
}

// CPython: test_constructor_empty_sequence.
func TestGatherOfNothingIsEmpty(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{t.Context(), ctx} {
		values, err := tasks.Gather[int](ctx)
		require.NoError(t, err)
		require.Equal(t, []int{}, values)
		require.Equal(t, []tasks.Outcome[int]{}, tasks.GatherAll[int](ctx))
	}
}

// CPython: test_duplicate_coroutines: there it runs once; a function given twice is called twice.
func TestFunctionGivenTwiceRunsTwice(t *testing.T) {
	var calls atomic.Int32
	fn := func(ctx context.Context) (int32, error) { return calls.Add(1), ctx.Err() }
	values, err := tasks.Gather(t.Context(), fn, fn)
	require.NoError(t, err)
	require.ElementsMatch(t, []int32{1, 2}, values)
}

// CPython: test_one_exception. asyncio.gather neither cancels the others nor waits for them.
func TestGatherReturnsTheFirstErrorWhenAllHaveEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		cleaned := false
		values, err := tasks.Gather(t.Context(),
			after(time.Hour, 1, nil),
			func(ctx context.Context) (int, error) {
				<-ctx.Done()
				assert.ErrorIs(t, context.Cause(ctx), errBoom, "the first error must be the cause") //nolint:testifylint // not on the test's goroutine
				time.Sleep(time.Second)
				cleaned = true
				return 0, errCleanUp
			},
			after(time.Second, 3, errBoom))
		require.Equal(t, errBoom, err, "the first error must come out unchanged")
		require.Nil(t, values)
		require.True(t, cleaned, "Gather must wait for those that it cancelled")
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

// CPython: test_one_cancellation: cancelling one child comes out as its CancelledError; the gather itself is not cancelled.
func TestCanceledOfOneFunctionIsAnErrorLikeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) ([]int, error) {
			return tasks.Gather(ctx, after(time.Hour, 1, nil), func(ctx context.Context) (int, error) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return 0, fmt.Errorf("own: %w", ctx.Err())
			})
		})
		_, err := task.Wait(t.Context())
		require.EqualError(t, err, "own: context canceled")
		require.False(t, task.Cancelled())
	})
}

// CPython: test_cancellation_broadcast, test_cancel_gather_1.
func TestGatherPassesTheCancellationOnAndReturnsItsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		var ended atomic.Int32
		fn := func(ctx context.Context) (int, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			ended.Add(1)
			return 0, fmt.Errorf("fetching: %w", ctx.Err())
		}
		_, err := tasks.Gather(ctx, fn, fn, fn)
		require.Equal(t, errStop, err)
		require.EqualValues(t, 3, ended.Load(), "all must have been cancelled and waited for")
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestGatherKeepsAFailedCleanUpThatCameFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := tasks.Gather(ctx, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, errors.Join(ctx.Err(), errCleanUp)
		})
		require.EqualError(t, err, "context deadline exceeded\nclean-up failed")
	})
}

func TestGatherReturnsTheValuesThatCameInSpiteOfTheCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		values, err := tasks.Gather(ctx, stubborn(2*time.Second, 1, nil), stubborn(3*time.Second, 2, nil))
		require.NoError(t, err, "nothing is missing")
		require.Equal(t, []int{1, 2}, values)
	})
}

func TestGatherOnAnEndedContextStartsNothing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	values, err := tasks.Gather(ctx, func(context.Context) (int, error) { panic("started") })
	require.Equal(t, errStop, err)
	require.Nil(t, values)
}

func TestGoexitIsTheFirstErrorOfAGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := tasks.Gather(t.Context(), after(time.Hour, 1, nil), func(context.Context) (int, error) {
			runtime.Goexit()
			return 0, nil
		})
		require.EqualError(t, err, "tasks: function ended by runtime.Goexit")
	})
}

// CPython: test_return_exceptions.
func TestGatherAllKeepsEveryOutcomeAndCancelsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		outcomes := tasks.GatherAll(t.Context(),
			after(3*time.Second, 1, nil), after(time.Second, 2, errBoom), after(2*time.Second, 3, nil))
		require.Equal(t, []tasks.Outcome[int]{
			{Index: 0, Value: 1}, {Index: 1, Value: 2, Err: errBoom}, {Index: 2, Value: 3},
		}, outcomes)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

// CPython: test_cancel_gather_2: with return_exceptions, too, the cancellation reaches the children and is not lost.
func TestGatherAllPassesTheCancellationOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		outcomes := tasks.GatherAll(ctx, after(time.Hour, 1, nil), after(0, 2, nil), stubborn(2*time.Second, 3, nil))
		require.Equal(t, []tasks.Outcome[int]{
			{Index: 0, Err: context.DeadlineExceeded}, {Index: 1, Value: 2}, {Index: 2, Value: 3},
		}, outcomes)
		require.Equal(t, 2*time.Second, time.Since(start))
		require.Equal(t, errStop, context.Cause(ctx), "the caller's ctx still says so")
	})
}

func TestGatherAllOnAnEndedContextStartsNothing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	fn := func(context.Context) (int, error) { panic("started") }
	require.Equal(t, []tasks.Outcome[int]{{Index: 0, Err: errStop}, {Index: 1, Err: errStop}}, tasks.GatherAll(ctx, fn, fn))
}

func TestGoexitIsAnOutcomeOfGatherAll(t *testing.T) {
	outcomes := tasks.GatherAll(t.Context(), after(0, 1, nil), func(context.Context) (int, error) {
		runtime.Goexit()
		return 0, nil
	})
	require.Equal(t, tasks.Outcome[int]{Index: 0, Value: 1}, outcomes[0])
	require.EqualError(t, outcomes[1].Err, "tasks: function ended by runtime.Goexit")
}

func TestMisuseOfGatherPanicsAtTheCaller(t *testing.T) {
	var none context.Context
	require.PanicsWithValue(t, "tasks: Gather of a nil function", func() { _, _ = tasks.Gather(t.Context(), after(0, 1, nil), nil) })
	require.PanicsWithValue(t, "tasks: Gather with a nil context", func() { _, _ = tasks.Gather(none, after(0, 1, nil)) })
	require.PanicsWithValue(t, "tasks: GatherAll of a nil function", func() { tasks.GatherAll[int](t.Context(), nil) })
}
