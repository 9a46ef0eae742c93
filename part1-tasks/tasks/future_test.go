package tasks_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// CPython: test_initial_state.
func TestZeroFutureIsPending(t *testing.T) {
	var f tasks.Future[int]
	select {
	case <-f.Done():
		require.Fail(t, "Done is closed although nothing was set")
	default:
	}
	value, err := f.Result()
	require.ErrorIs(t, err, tasks.ErrNotDone, "Result of a pending future must say that it is not done")
	require.Zero(t, value)
}

// CPython: test_result.
func TestSetIsTheOutcome(t *testing.T) {
	var f tasks.Future[int]
	require.NoError(t, f.Set(42))
	value, err := f.Result()
	require.NoError(t, err)
	require.Equal(t, 42, value)
	<-f.Done()
}

// CPython: test_exception.
func TestFailIsTheOutcome(t *testing.T) {
	var f tasks.Future[int]
	require.NoError(t, f.Fail(errBoom))
	value, err := f.Result()
	require.Equal(t, errBoom, err, "the error must come out as it went in")
	require.Zero(t, value)
}

// CPython: test_result, test_exception, test_cancel: a second outcome is InvalidStateError.
func TestOutcomeIsSetOnlyOnce(t *testing.T) {
	settle := map[string]func(*tasks.Future[int]) error{
		"Set":  func(f *tasks.Future[int]) error { return f.Set(2) },
		"Fail": func(f *tasks.Future[int]) error { return f.Fail(errBoom) },
	}
	for name, again := range settle {
		t.Run(name, func(t *testing.T) {
			var f tasks.Future[int]
			require.NoError(t, f.Set(1))
			require.ErrorIs(t, again(&f), tasks.ErrAlreadyDone)
			value, err := f.Result()
			require.NoError(t, err)
			require.Equal(t, 1, value, "the first outcome must stay")
		})
	}
}

// CPython: FutureTests.test_cancel. A future is not cancelled; its owner fails it, and a late Set has no effect.
func TestFutureThatWillNeverBeSetFails(t *testing.T) {
	var f tasks.Future[int]
	require.NoError(t, f.Fail(context.Canceled))
	require.ErrorIs(t, f.Set(42), tasks.ErrAlreadyDone)
	value, err := f.Wait(t.Context())
	require.Equal(t, context.Canceled, err)
	require.Zero(t, value)
}

func TestFailWithNilPanics(t *testing.T) {
	var f tasks.Future[int]
	require.PanicsWithValue(t, "tasks: Fail with a nil error", func() { _ = f.Fail(nil) })
	require.NoError(t, f.Set(1), "the misuse must leave the future usable")
}

func TestOnDoneOfNilPanics(t *testing.T) {
	var f tasks.Future[int]
	require.PanicsWithValue(t, "tasks: OnDone of a nil function", func() { f.OnDone(nil) })
	require.NoError(t, f.Set(1), "the misuse must leave the future usable")
}

func TestOfManySettersOneWins(t *testing.T) {
	var f tasks.Future[int]
	var wg sync.WaitGroup
	won := make(chan int, 100)
	for i := range 100 {
		wg.Go(func() {
			if f.Set(i) == nil {
				won <- i
			}
		})
	}
	wg.Wait()
	require.Len(t, won, 1, "exactly one Set must succeed")
	value, err := f.Result()
	require.NoError(t, err)
	require.Equal(t, <-won, value, "the outcome must be that of the Set that succeeded")
}

func TestDoneStaysTheSameChannel(t *testing.T) {
	var f tasks.Future[int]
	before := f.Done()
	require.Equal(t, before, f.Done())
	require.NoError(t, f.Set(1))
	require.Equal(t, before, f.Done())
}

func TestAllWaitersGetTheOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var f tasks.Future[int]
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				value, err := f.Wait(t.Context())
				assert.Equal(t, tasks.Outcome[int]{Value: 42}, tasks.Outcome[int]{Value: value, Err: err})
			})
		}
		time.Sleep(3 * time.Second)
		require.NoError(t, f.Set(42))
		wg.Wait()
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestWaitGivesUpWithTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errStop)
		defer cancel()
		var f tasks.Future[int]
		value, err := f.Wait(ctx)
		require.Equal(t, errStop, err, "Wait must return the cause, not only that ctx has ended")
		require.Zero(t, value)
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

// asyncio: await shield(future), cancelled: a waiter that gives up changes nothing.
func TestWaiterThatGivesUpLeavesTheFutureAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var f tasks.Future[int]
		_, err := f.Wait(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, f.Set(42), "the future must still be pending")
		value, err := f.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
	})
}

// CPython: test_wait_for_timeout_less_then_0_or_0_future_done.
func TestWaitPrefersTheOutcomeOnAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // a select would choose at random
		var f tasks.Future[int]
		done := f.Done()
		require.NoError(t, f.Set(42))
		<-done
		value, err := f.Wait(ctx)
		require.NoError(t, err, "an outcome that is there wins over an ended ctx")
		require.Equal(t, 42, value)
	}
}

// lateContext has ended, and something happens just before a Wait learns of it.
type lateContext struct {
	context.Context //nolint:containedctx // this is a context
	before          func()
}

func (c lateContext) Done() <-chan struct{} {
	c.before()
	return c.Context.Done()
}

func TestWaitPrefersAnOutcomeThatComesWhileItBegins(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // a select would choose at random
		var f tasks.Future[int]
		value, err := f.Wait(lateContext{ended, func() { _ = f.Set(42) }})
		require.NoError(t, err)
		require.Equal(t, 42, value)
	}
}

func TestWaitPrefersAnOutcomeOfTheSameInstant(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var f tasks.Future[int]
			waiter := tasks.Go(t.Context(), func(context.Context) (int, error) { return f.Wait(ctx) })
			synctest.Wait()
			require.NoError(t, f.Set(42)) // both before the waiter can run
			cancel()
			value, err := waiter.Wait(t.Context())
			require.NoError(t, err)
			require.Equal(t, 42, value)
		})
	}
}

func TestWaitOnAnEndedContextGivesUpAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	var f tasks.Future[int]
	_, err := f.Wait(ctx)
	require.Equal(t, errStop, err)
}

func TestWaitNeedsNoCancellableContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		time.AfterFunc(time.Second, func() { assert.NoError(t, f.Set(42)) })
		value, err := f.Wait(context.WithoutCancel(t.Context()))
		require.NoError(t, err)
		require.Equal(t, 42, value)
	})
}

// CPython: test_callbacks_invoked_on_set_result.
func TestCallbacksAreCalledInTheOrderAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		var order []int
		for i := range 5 {
			f.OnDone(func(value int, err error) {
				assert.Equal(t, tasks.Outcome[int]{Value: 42}, tasks.Outcome[int]{Value: value, Err: err})
				order = append(order, i)
			})
		}
		synctest.Wait()
		require.Empty(t, order, "no callback may be called before there is an outcome")
		require.NoError(t, f.Set(42))
		synctest.Wait()
		require.Equal(t, []int{0, 1, 2, 3, 4}, order)
	})
}

// CPython: test_callbacks_invoked_on_set_exception.
func TestCallbacksGetTheError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		var got error
		f.OnDone(func(_ int, err error) { got = err })
		require.NoError(t, f.Fail(errBoom))
		synctest.Wait()
		require.Equal(t, errBoom, got)
	})
}

// asyncio: a callback added after done is scheduled, not run inline.
func TestCallbackAddedLateIsCalledOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		calls := 0
		f.OnDone(func(int, error) { calls += 10 })
		require.NoError(t, f.Set(42))
		synctest.Wait()
		f.OnDone(func(value int, err error) {
			assert.Equal(t, tasks.Outcome[int]{Value: 42}, tasks.Outcome[int]{Value: value, Err: err})
			calls++
		})
		synctest.Wait()
		require.Equal(t, 11, calls)
	})
}

func TestCallbackMayTakeTheCallersLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		var mu sync.Mutex
		calls := 0
		note := func(int, error) {
			mu.Lock()
			defer mu.Unlock()
			calls++
		}
		mu.Lock()
		f.OnDone(note)
		_ = f.Set(42)
		f.OnDone(note) // late, and still not inside the caller's critical section
		mu.Unlock()
		synctest.Wait()
		require.Equal(t, 2, calls)
	})
}

func TestCallbackMayUseTheFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		var order []string
		f.OnDone(func(int, error) {
			value, err := f.Wait(t.Context())
			assert.Equal(t, tasks.Outcome[int]{Value: 42}, tasks.Outcome[int]{Value: value, Err: err})
			assert.Equal(t, tasks.ErrAlreadyDone, f.Set(1))
			f.OnDone(func(int, error) { order = append(order, "added by the first") })
			order = append(order, "first")
		})
		f.OnDone(func(int, error) { order = append(order, "second") })
		require.NoError(t, f.Set(42))
		synctest.Wait()
		require.Equal(t, []string{"first", "second", "added by the first"}, order)
	})
}

func TestBlockedCallbackHoldsUpNeitherSetNorWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var f tasks.Future[int]
		f.OnDone(func(int, error) { time.Sleep(time.Hour) })
		require.NoError(t, f.Set(42))
		value, err := f.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
		require.Zero(t, time.Since(start), "neither Set nor Wait may wait for the callback")
		time.Sleep(time.Hour)
	})
}

func TestCallbacksNeverOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		start := time.Now()
		var began []time.Duration
		slow := func(int, error) {
			began = append(began, time.Since(start))
			time.Sleep(time.Second)
		}
		f.OnDone(slow)
		f.OnDone(slow)
		require.NoError(t, f.Set(42))
		time.Sleep(500 * time.Millisecond)
		f.OnDone(slow) // late, while the first is running
		time.Sleep(5 * time.Second)
		f.OnDone(slow) // later, when all have returned
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second, 5500 * time.Millisecond}, began)
	})
}

// CPython: test_set_exc_handler_custom: a failing callback does not keep the others from being called.
func TestCallbackThatEndsInGoexitIsNotTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f tasks.Future[int]
		calls := 0
		f.OnDone(func(int, error) { runtime.Goexit() })
		f.OnDone(func(int, error) { calls++ })
		require.NoError(t, f.Set(42))
		synctest.Wait()
		require.Equal(t, 1, calls, "the callback behind the one that exited must be called")
		f.OnDone(func(int, error) { calls++ })
		synctest.Wait()
		require.Equal(t, 2, calls, "and so must one that is added later")
	})
}

func TestWaitWithoutAContextPanics(t *testing.T) {
	var f tasks.Future[int]
	var none context.Context
	const misuse = "tasks: Wait with a nil context"
	require.PanicsWithValue(t, misuse, func() { _, _ = f.Wait(none) })
	require.NoError(t, f.Set(1))
	require.PanicsWithValue(t, misuse, func() { _, _ = f.Wait(none) }, "also where it need not wait")
}
