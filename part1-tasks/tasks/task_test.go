package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

func TestGoDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		task := tasks.Go(t.Context(), stubborn(time.Second, 42, nil))
		require.Zero(t, time.Since(start))
		_, err := task.Result()
		require.ErrorIs(t, err, tasks.ErrNotDone, "Result must not wait for a running task")
		require.False(t, task.Cancelled(), "a running task is not cancelled")
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
		require.Equal(t, time.Second, time.Since(start))
		require.False(t, task.Cancelled())
	})
}

func TestOutcomeIsWhatTheFunctionReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), stubborn(time.Second, 42, errBoom))
		<-task.Done()
		value, err := task.Result()
		require.Equal(t, errBoom, err, "the error must come out unchanged")
		require.Equal(t, 42, value, "the value must be kept beside the error")
	})
}

// CPython: test_task_set_methods.
func TestOnlyTheFunctionCompletesATask(t *testing.T) {
	task := tasks.Go(t.Context(), after(0, 42, nil))
	_, err := task.Wait(t.Context())
	require.NoError(t, err)
	_, set := any(task).(interface{ Set(value int) error })
	require.False(t, set, "a task must not have a Set")
	_, fail := any(task).(interface{ Fail(err error) error })
	require.False(t, fail, "a task must not have a Fail")
}

// CPython: test_cancel (TaskTests).
func TestCancelEndsTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		task := tasks.Go(t.Context(), after(time.Hour, 42, nil))
		time.Sleep(time.Second)
		task.Cancel(nil)
		_, err := task.Wait(t.Context())
		require.Equal(t, context.Canceled, err)
		require.True(t, task.Cancelled())
		require.Equal(t, time.Second, time.Since(start))
	})
}

func TestCancelDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			return 0, ctx.Err()
		})
		synctest.Wait()
		task.Cancel(nil)
		require.Zero(t, time.Since(start), "Cancel asks, it does not wait")
		require.False(t, task.Cancelled(), "a task that still cleans up is not cancelled yet")
		<-task.Done()
		require.Equal(t, time.Second, time.Since(start))
		require.True(t, task.Cancelled())
	})
}

// CPython: test_cancel: the second cancel() has no effect; test_cancelling.
func TestFirstCancelCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (error, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			return context.Cause(ctx), ctx.Err()
		})
		synctest.Wait()
		task.Cancel(errStop)
		task.Cancel(errBoom)
		task.Cancel(nil)
		cause, _ := task.Wait(t.Context())
		require.Equal(t, errStop, cause)
	})
}

// CPython: test_uncancel_basic: after done, cancel() has no effect.
func TestCancelAfterDoneHasNoEffect(t *testing.T) {
	task := tasks.Go(t.Context(), after(0, 42, nil))
	<-task.Done()
	task.Cancel(errStop)
	task.Cancel(nil)
	value, err := task.Result()
	require.NoError(t, err)
	require.Equal(t, 42, value)
	require.False(t, task.Cancelled())
}

// CPython: test_cancel_with_message_*.
func TestCauseOfCancelReachesTheFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			assert.Equal(t, context.Canceled, ctx.Err())
			return 0, context.Cause(ctx)
		})
		synctest.Wait()
		task.Cancel(errStop)
		_, err := task.Wait(t.Context())
		require.Equal(t, errStop, err)
		require.True(t, task.Cancelled())
	})
}

func TestCancelWithNilMeansContextCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (error, error) {
			<-ctx.Done()
			return context.Cause(ctx), nil
		})
		synctest.Wait()
		task.Cancel(nil)
		cause, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, context.Canceled, cause)
	})
}

// CPython: test_cancel_with_message_before_starting_task.
func TestFunctionNeverStartsOnAnEndedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStop)
		started := false
		task := tasks.Go(ctx, func(context.Context) (int, error) {
			started = true
			return 42, nil
		})
		value, err := task.Result()
		require.Equal(t, errStop, err, "the task must be done at once, with the cause")
		require.Zero(t, value)
		require.True(t, task.Cancelled())
		synctest.Wait()
		require.False(t, started, "the function must not have started")
	})
}

// CPython: test_cancel_with_message_before_starting_task. Here the function may have begun before Cancel comes, on another
// processor, or even on the only one.
func TestTaskCancelledBeforeItBeginsDoesNotBegin(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	neverStarted := 0
	for range 100 {
		started := false
		task := tasks.Go(t.Context(), func(context.Context) (int, error) {
			started = true
			return 42, nil
		})
		task.Cancel(errStop)
		value, err := task.Wait(t.Context())
		if started {
			require.NoError(t, err)
			require.Equal(t, 42, value)
		} else {
			require.Equal(t, errStop, err)
			require.True(t, task.Cancelled())
			neverStarted++
		}
	}
	require.NotZero(t, neverStarted, "a task that was cancelled before it began must not begin")
}

// CPython: test_timeout_zero, test_timeout_in_the_past, test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started.
func TestFunctionNeverStartsAfterItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, d := range []time.Duration{0, -time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			defer cancel()
			task := tasks.Go(ctx, func(context.Context) (int, error) { panic("started") })
			_, err := task.Result()
			require.Equal(t, context.DeadlineExceeded, err)
			require.True(t, task.Cancelled())
		}
	})
}

// CPython: test_cancel_task_catching.
func TestCancelledTaskThatReturnsAValueIsNotCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 42, nil
		})
		synctest.Wait()
		task.Cancel(nil)
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
		require.False(t, task.Cancelled(), "a task that returned a value was not cancelled")
	})
}

// CPython: test_cancel_task_ignoring. There a later await works as if nothing had happened; here ctx stays ended,
// so a task that goes on needs another context.
func TestTaskMayGoOnAfterItsCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			_, first := after(time.Hour, 0, nil)(ctx)
			_, second := after(time.Second, 0, nil)(ctx)
			assert.Equal(t, []error{context.Canceled, context.Canceled}, []error{first, second}, "ctx must stay ended")
			return after(time.Second, 42, nil)(context.WithoutCancel(ctx))
		})
		synctest.Wait()
		task.Cancel(nil)
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
		require.Equal(t, time.Second, time.Since(start))
	})
}

// CPython: test_cancel_at_end. There the task counts as cancelled; here its outcome is what the function returned.
func TestTaskThatCancelsItselfAndReturnsAValueHasTheValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		self := make(chan *tasks.Task[int], 1)
		task := tasks.Go(t.Context(), func(context.Context) (int, error) {
			(<-self).Cancel(nil)
			return 42, nil
		})
		self <- task
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
		require.False(t, task.Cancelled())
	})
}

// CPython: test_cancel_current_task.
func TestTaskMayCancelItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		self := make(chan *tasks.Task[int], 1)
		start := time.Now()
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			time.Sleep(time.Second)
			(<-self).Cancel(errStop)
			return after(time.Hour, 42, nil)(ctx)
		})
		self <- task
		_, err := task.Wait(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		require.True(t, task.Cancelled())
		require.Equal(t, time.Second, time.Since(start), "the next wait must end at once")
	})
}

// CPython: test_cancel_inner_future, test_task_cancel_waiter_future, test_cancel_awaited_task, test_yield_future_passes_cancel.
func TestCancelReachesTheTaskThatIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inner *tasks.Task[int]
		outer := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			inner = tasks.Go(ctx, after(time.Hour, 42, nil))
			return inner.Wait(ctx)
		})
		synctest.Wait()
		outer.Cancel(nil)
		_, err := outer.Wait(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		require.True(t, outer.Cancelled())
		<-inner.Done()
		require.True(t, inner.Cancelled(), "the inner task runs under the outer one's ctx and must end with it")
	})
}

// CPython: test_cancel_awaited_task: cancelling what a task waits for is not cancelling the task.
func TestTaskWhoseInnerTaskIsCancelledHasFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inner *tasks.Task[int]
		outer := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			inner = tasks.Go(ctx, after(time.Hour, 42, nil))
			return inner.Wait(ctx)
		})
		synctest.Wait()
		inner.Cancel(nil)
		_, err := outer.Wait(t.Context())
		require.Equal(t, context.Canceled, err)
		require.False(t, outer.Cancelled(), "the outer task was not cancelled: context.Canceled came from another context")
	})
}

func TestCancelledSeesThroughWrapping(t *testing.T) {
	wrap := map[string]func(ctx context.Context) error{
		"Err":           func(ctx context.Context) error { return ctx.Err() },
		"Cause":         func(ctx context.Context) error { return context.Cause(ctx) },
		"wrapped Err":   func(ctx context.Context) error { return fmt.Errorf("reading: %w", ctx.Err()) },
		"wrapped Cause": func(ctx context.Context) error { return fmt.Errorf("reading: %w", context.Cause(ctx)) },
		"joined with a failed clean-up": func(ctx context.Context) error {
			return errors.Join(errCleanUp, fmt.Errorf("reading: %w", ctx.Err()))
		},
	}
	for name, report := range wrap {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var want error
				task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
					<-ctx.Done()
					want = report(ctx)
					return 0, want
				})
				synctest.Wait()
				task.Cancel(errStop)
				_, err := task.Wait(t.Context())
				require.Equal(t, want, err, "the error must come out unchanged")
				require.True(t, task.Cancelled())
			})
		})
	}
}

func TestTaskWhoseParentEndsIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		task := tasks.Go(ctx, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, fmt.Errorf("reading: %w", context.Cause(ctx))
		})
		_, err := task.Wait(t.Context())
		require.EqualError(t, err, "reading: the user went away")
		require.True(t, task.Cancelled())
	})
}

func TestTaskThatNeverAskedItsContextMayReportItsParents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		task := tasks.Go(ctx, func(context.Context) (int, error) {
			<-ctx.Done()
			return 0, context.Cause(ctx)
		})
		_, err := task.Wait(t.Context())
		require.Equal(t, errStop, err)
		require.True(t, task.Cancelled())
	})
}

// CPython: test_foreign_cancel_doesnt_timeout_if_not_expired: not every cancellation is one's own.
func TestCanceledOfAnotherContextIsAFailure(t *testing.T) {
	task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return 0, ctx.Err()
	})
	_, err := task.Wait(t.Context())
	require.Equal(t, context.Canceled, err)
	require.False(t, task.Cancelled(), "the task's own ctx had not ended")
}

// CPython: test_wait_for_reraises_exception_during_cancellation.
func TestCancelledTaskWithAnotherErrorHasFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, errCleanUp
		})
		synctest.Wait()
		task.Cancel(nil)
		_, err := task.Wait(t.Context())
		require.Equal(t, errCleanUp, err)
		require.False(t, task.Cancelled())
	})
}

func TestErrorThatMerelyLooksLikeTheCauseIsAFailure(t *testing.T) {
	task := tasks.Go(t.Context(), func(context.Context) (int, error) { return 0, errStop })
	<-task.Done()
	task.Cancel(errStop)
	require.False(t, task.Cancelled(), "the task had ended before it was cancelled")
}

func TestGoexitEndsTheTaskWithAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(context.Context) (int, error) {
			runtime.Goexit()
			return 42, nil
		})
		value, err := task.Wait(t.Context())
		require.EqualError(t, err, "tasks: function ended by runtime.Goexit")
		require.Zero(t, value)
		require.False(t, task.Cancelled())
	})
}

func TestCallbackOfATaskGetsItsOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), after(time.Second, 42, errBoom))
		var got tasks.Outcome[int]
		task.OnDone(func(value int, err error) { got = tasks.Outcome[int]{Value: value, Err: err} })
		<-task.Done()
		synctest.Wait()
		require.Equal(t, tasks.Outcome[int]{Value: 42, Err: errBoom}, got)
	})
}

func TestCallbackOfATaskThatNeverStartedGetsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStop)
		var got error
		tasks.Go(ctx, after(0, 42, nil)).OnDone(func(_ int, err error) { got = err })
		synctest.Wait()
		require.Equal(t, errStop, got)
	})
}

// CPython: test_task_awaits_on_itself is a RuntimeError there. Here it is a wait like any other, and Cancel ends it.
func TestTaskThatWaitsForItselfEndsWithCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		self := make(chan *tasks.Task[int], 1)
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			return (<-self).Wait(ctx)
		})
		self <- task
		synctest.Wait()
		task.Cancel(errStop)
		_, err := task.Wait(t.Context())
		require.Equal(t, errStop, err)
		require.True(t, task.Cancelled())
	})
}

// CPython: test_yield_wait_does_not_shield_cancel: a wait that gives up leaves the task running.
func TestWaitThatGivesUpLeavesTheTaskRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		task := tasks.Go(t.Context(), after(5*time.Second, 42, nil))
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		_, err := task.Wait(ctx)
		require.Equal(t, errStop, err)
		require.Equal(t, time.Second, time.Since(start))
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
		require.Equal(t, 5*time.Second, time.Since(start))
	})
}

func TestMisuseOfGoPanicsAtTheCaller(t *testing.T) {
	require.PanicsWithValue(t, "tasks: Go of a nil function", func() { tasks.Go[int](t.Context(), nil) })
	var none context.Context
	require.PanicsWithValue(t, "tasks: Go with a nil context", func() { tasks.Go(none, after(0, 42, nil)) })
}

func TestTaskThatWasNotMadeByGoPanics(t *testing.T) {
	var task tasks.Task[int]
	for name, call := range map[string]func(){
		"Cancel":    func() { task.Cancel(nil) },
		"Cancelled": func() { task.Cancelled() },
		"Done":      func() { task.Done() },
		"Result":    func() { _, _ = task.Result() },
		"Wait":      func() { _, _ = task.Wait(t.Context()) },
		"OnDone":    func() { task.OnDone(func(int, error) {}) },
	} {
		require.PanicsWithValue(t, "tasks: Task not made by Go or Shield", call, name)
	}
}
