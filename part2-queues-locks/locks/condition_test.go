package locks_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// The names in comments are those of CPython 3.13, test_asyncio/test_locks.py, class ConditionTests.

// waitOn begins a Wait that has the lock when it returns, and does not release it.
func waitOn(t *testing.T, c *locks.Condition, ctx context.Context) call { //nolint:revive // t comes first
	t.Helper()
	return start(func() error {
		if err := c.L.Acquire(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		return c.Wait(ctx)
	})
}

// test_wait_unacquired, test_notify_unacquired, test_notify_all_unacquired
func TestConditionPanicsWithoutTheLock(t *testing.T) {
	c := locks.NewCondition(nil)
	require.PanicsWithValue(t, "locks: wait on a Condition whose Lock is not held", func() { _ = c.Wait(t.Context()) })
	require.PanicsWithValue(t, "locks: notify on a Condition whose Lock is not held", func() { c.Notify(1) })
	require.PanicsWithValue(t, "locks: notify on a Condition whose Lock is not held", c.NotifyAll)
	require.False(t, c.L.Locked(), "the panics leave the Lock as it was")
	var zero locks.Condition
	require.PanicsWithValue(t, "locks: wait on a Condition whose Lock is not held", func() { _ = zero.Wait(t.Context()) }, "it has no Lock")
}

// test_wait
func TestNotifiedWaiterReturnsWithTheLockOnceItIsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		first := waitOn(t, c, t.Context())
		second := waitOn(t, c, t.Context())
		third := waitOn(t, c, t.Context())
		require.False(t, c.L.Locked(), "a waiter has released the Lock")

		require.NoError(t, c.L.Acquire(t.Context()))
		c.Notify(1)
		first.waits(t, "the Lock is not free yet")
		c.L.Release()
		first.returns(t, nil, "the Lock is free")
		require.True(t, c.L.Locked(), "the first holds it")

		c.Notify(2)
		second.waits(t, "the Lock is not free yet")
		c.L.Release()
		second.returns(t, nil, "the Lock is free")
		third.waits(t, "the second has the Lock")
		c.L.Release()
		third.returns(t, nil, "the Lock is free")
		require.True(t, c.L.Locked(), "the third holds it")
	})
}

// test_notify
func TestNotifyWakesAsManyAsItSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		var got []int
		for i := range 6 {
			start(func() error {
				if err := c.L.Acquire(t.Context()); err != nil {
					return err
				}
				defer c.L.Release()
				if err := c.Wait(t.Context()); err != nil {
					return err
				}
				got = append(got, i)
				return nil
			})
		}
		notify := func(n int) {
			require.NoError(t, c.L.Acquire(t.Context()))
			c.Notify(n)
			c.L.Release()
			synctest.Wait()
		}
		notify(0)
		notify(-1)
		require.Empty(t, got, "no waiter is notified")
		notify(1)
		require.Equal(t, []int{0}, got, "one is notified, the first")
		notify(2)
		require.Equal(t, []int{0, 1, 2}, got, "two are notified")
		notify(2048)
		require.Equal(t, []int{0, 1, 2, 3, 4, 5}, got, "all there are")
	})
}

// test_notify_all
func TestNotifyAllWakesAllInTheOrderInWhichTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		var got []int
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				if assert.NoError(t, c.L.Acquire(t.Context())) && assert.NoError(t, c.Wait(t.Context())) {
					got = append(got, i)
					time.Sleep(time.Second)
					c.L.Release()
				}
			})
			synctest.Wait()
		}
		begin := time.Now()
		require.NoError(t, c.L.Acquire(t.Context()))
		c.NotifyAll()
		c.L.Release()
		wg.Wait()
		require.Equal(t, []int{0, 1, 2, 3, 4}, got)
		require.Equal(t, 5*time.Second, time.Since(begin), "one at a time, without a gap")
	})
}

// No test of this name: in asyncio a notified waiter acquires again when it runs, and another may come before it.
func TestNotifiedWaiterIsNotOvertakenByOneThatAcquiresLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		first := waitOn(t, c, t.Context())
		second := waitOn(t, c, t.Context())
		require.NoError(t, c.L.Acquire(t.Context()))
		early := start(func() error { return c.L.Acquire(t.Context()) })
		c.NotifyAll()
		late := start(func() error { return c.L.Acquire(t.Context()) })

		for _, next := range []call{early, first, second, late} {
			next.waits(t, "it is not its turn")
			c.L.Release()
			next.returns(t, nil, "it is its turn")
		}
	})
}

func TestNotificationWithoutAWaiterIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		require.NoError(t, c.L.Acquire(t.Context()))
		c.NotifyAll()
		c.L.Release()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errWhy)
		defer cancel()
		waitOn(t, c, ctx).waits(t, "it came after the notification")
	})
}

// test_wait_for
func TestWaitForLooksAgainAfterEachWakeUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		looked, n := 0, 0
		waiter := start(func() error {
			if err := c.L.Acquire(t.Context()); err != nil {
				return err
			}
			defer c.L.Release()
			return c.WaitFor(t.Context(), func() bool { looked++; return n == 2 })
		})
		for want := 1; want <= 2; want++ {
			waiter.waits(t, "n is not 2 yet")
			require.Equal(t, want, looked, "once at first, and once for each wake-up")
			require.NoError(t, c.L.Acquire(t.Context()))
			n = want
			c.Notify(1)
			c.L.Release()
		}
		waiter.returns(t, nil, "n is 2")
		require.Equal(t, 3, looked)
	})
}

// test_wait_for_unacquired
func TestWaitForWhatIsTrueNeedsNoWait(t *testing.T) {
	c := locks.NewCondition(nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errWhy)
	yes, no := func() bool { return true }, func() bool { return false }
	require.NoError(t, c.WaitFor(ctx, yes), "neither the ctx nor the Lock matters")
	require.Panics(t, func() { _ = c.WaitFor(ctx, no) }, "it has to wait, and the Lock is not held")

	require.True(t, c.L.TryAcquire())
	require.Equal(t, errWhy, c.WaitFor(ctx, no), "it has to wait, and ctx has ended")
	require.True(t, c.L.Locked(), "the Lock is still held")
}

func TestWaitOnAnEndedCtxKeepsTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errWhy)
		require.NoError(t, c.L.Acquire(t.Context()))
		other := start(func() error { return c.L.Acquire(t.Context()) })
		require.Equal(t, errWhy, c.Wait(ctx))
		other.waits(t, "the Lock was not released in between")
		c.Notify(1)
		c.L.Release()
		other.returns(t, nil, "there is no other waiter")
	})
}

// test_wait_cancel
func TestCancelledWaitReturnsWithTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		begin := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, errWhy)
		defer cancel()
		require.NoError(t, c.L.Acquire(t.Context()))
		require.Equal(t, errWhy, c.Wait(ctx))
		require.Equal(t, 3*time.Second, time.Since(begin))
		require.True(t, c.L.Locked(), "the Lock is held on return")

		c.L.Release()
		require.True(t, c.L.TryAcquire(), "it is free after that")
		c.NotifyAll()
		c.L.Release()
		require.False(t, c.L.Locked(), "the waiter is not in the line any more")
	})
}

func TestWaiterThatGivesUpWithoutANotificationWakesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		first := waitOn(t, c, ctx)
		second := waitOn(t, c, t.Context())
		cancel(errWhy)
		first.returns(t, errWhy, "its ctx has ended")
		c.L.Release()
		second.waits(t, "there was no wake-up to pass on")
	})
}

// test_wait_cancel_contested
func TestCancelledWaitTakesTheLockBackHoweverLongThatTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		waiter := waitOn(t, c, ctx)
		require.NoError(t, c.L.Acquire(t.Context()))
		cancel(errWhy)
		waiter.waits(t, "it cannot return without the Lock")
		time.Sleep(time.Hour)
		waiter.waits(t, "it cannot return without the Lock")
		c.L.Release()
		waiter.returns(t, errWhy, "it has the Lock")
		require.True(t, c.L.Locked(), "it has the Lock")
	})
}

// test_wait_cancel_after_notify, test_cancelled_error_re_a[c]quire (which is spelt without the c)
func TestWaitCancelledWhileItTakesTheLockBackReturnsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		waiter := waitOn(t, c, ctx)
		require.NoError(t, c.L.Acquire(t.Context()))
		c.Notify(1)
		waiter.waits(t, "the Lock is not free")
		cancel(errWhy)
		waiter.waits(t, "the Lock is still not free")
		c.L.Release()
		waiter.returns(t, errWhy, "ctx ended before it had the Lock back")
		require.True(t, c.L.Locked(), "it has the Lock")
	})
}

// test_cancelled_wakeup: asyncio loses this wake-up until 3.12
func TestCancelledWaiterPassesTheWakeUpOn(t *testing.T) {
	for _, end := range []string{"cancel, notify, release", "notify, cancel, release", "notify, release, cancel"} {
		t.Run(end, func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that the first does not run in between
			synctest.Test(t, func(t *testing.T) {
				passed := 0
				for range 100 {
					c := locks.NewCondition(nil)
					ctx, cancel := context.WithCancelCause(t.Context())
					first := waitOn(t, c, ctx)
					second := waitOn(t, c, t.Context())
					third := waitOn(t, c, t.Context())

					require.NoError(t, c.L.Acquire(t.Context()))
					do := map[string]func(){
						"cancel":  func() { cancel(errWhy) },
						"notify":  func() { c.Notify(1) },
						"release": c.L.Release,
					}
					for name := range strings.SplitSeq(end, ", ") {
						do[name]()
					}
					if err := <-first.errc; err != nil { // else it has run in between after all
						require.Equal(t, errWhy, err, "its ctx has ended")
						c.L.Release()
						second.returns(t, nil, "the wake-up goes on to the second")
						passed++
					}
					c.L.Release()
					third.waits(t, "one wake-up wakes one")
				}
				require.NotZero(t, passed, "ctx wins over a wake-up that was given before")
			})
		})
	}
}

// test_cancelled_wakeup_relock: asyncio loses this wake-up until 3.12
func TestWaiterCancelledWhileItTakesTheLockBackPassesTheWakeUpOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		first := waitOn(t, c, ctx)
		second := waitOn(t, c, t.Context())
		third := waitOn(t, c, t.Context())

		require.NoError(t, c.L.Acquire(t.Context()))
		c.Notify(1)
		first.waits(t, "it is notified, and the Lock is not free")
		cancel(errWhy)
		synctest.Wait()
		c.L.Release()
		first.returns(t, errWhy, "its ctx has ended")
		c.L.Release()
		second.returns(t, nil, "the wake-up goes on to the second")
		c.L.Release()
		third.waits(t, "one wake-up wakes one")
	})
}

func TestWakeUpPassesOverAllThatHaveGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		var gone []call
		for range 10 {
			gone = append(gone, waitOn(t, c, ctx))
		}
		last := waitOn(t, c, t.Context())
		require.NoError(t, c.L.Acquire(t.Context()))
		cancel(errWhy)
		c.Notify(1)
		c.L.Release()
		for range gone {
			synctest.Wait()
			c.L.Release() // by whichever has just returned with it
		}
		for _, call := range gone {
			call.returns(t, errWhy, "its ctx has ended")
		}
		last.returns(t, nil, "the wake-up is not lost")
	})
}

// test_cancelled_error_wakeup: asyncio loses the message until 3.12
func TestCancelledWaitForReturnsTheCauseItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		waiter := start(func() error {
			if err := c.L.Acquire(ctx); err != nil {
				return err
			}
			defer c.L.Release()
			return c.WaitFor(ctx, func() bool { return false })
		})
		cancel(errWhy)
		waiter.returns(t, errWhy, "the cause, as it is")
	})
}

// test_explicit_lock
func TestConditionsShareTheLockTheyAreGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l locks.Lock
		empty, full := locks.NewCondition(&l), locks.NewCondition(&l)
		require.Same(t, &l, empty.L)
		onEmpty := waitOn(t, empty, t.Context())
		onFull := waitOn(t, full, t.Context())

		require.NoError(t, l.Acquire(t.Context()))
		full.NotifyAll()
		l.Release()
		onFull.returns(t, nil, "it was notified")
		onEmpty.waits(t, "it waits on the other one")
		empty.Notify(1)
		l.Release()
		onEmpty.returns(t, nil, "it was notified")
	})
}

// test_timeout_in_block
func TestWaitWithATimeoutInsideTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		require.NoError(t, c.L.Acquire(t.Context()))
		defer c.L.Release() // panics if the timeout had lost the Lock
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, c.Wait(ctx), context.DeadlineExceeded)
		require.Equal(t, 30*time.Millisecond, time.Since(begin))
	})
}

func TestNotifyOfNoneWakesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		ctx, cancel := context.WithCancel(t.Context())
		waiter := waitOn(t, c, ctx)
		require.NoError(t, c.L.Acquire(t.Context()))
		c.Notify(0)
		c.Notify(-1)
		c.L.Release()
		waiter.waits(t, "Notify(0) and Notify(-1) wake none")
		cancel()
		waiter.returns(t, context.Canceled, "it gave up")
	})
}
