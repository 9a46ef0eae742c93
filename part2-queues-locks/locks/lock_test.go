package locks_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// The names in comments are those of CPython 3.13, test_asyncio/test_locks.py, class LockTests.

// test_lock, test_release_no_waiters
func TestLockIsLockedFromAcquireToRelease(t *testing.T) {
	var l locks.Lock
	require.False(t, l.Locked(), "the zero Lock is free")
	require.NoError(t, l.Acquire(t.Context()))
	require.True(t, l.Locked(), "an acquired Lock is locked")
	l.Release()
	require.False(t, l.Locked(), "a released Lock is free")
}

// test_acquire
func TestWaitersGetTheLockInTheOrderInWhichTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l locks.Lock
		var got []int
		var wg sync.WaitGroup
		require.NoError(t, l.Acquire(t.Context()))
		for i := range 5 {
			wg.Go(func() {
				if assert.NoError(t, l.Acquire(t.Context())) {
					got = append(got, i)
					time.Sleep(time.Second)
					l.Release()
				}
			})
			synctest.Wait()
		}
		begin := time.Now()
		l.Release()
		wg.Wait()
		require.Equal(t, []int{0, 1, 2, 3, 4}, got, "first come, first served")
		require.Equal(t, 5*time.Second, time.Since(begin), "one at a time, without a gap")
	})
}

// No test of this name: CPython takes it from the order of its waiters.
func TestReleaserThatAcquiresAgainGoesBehindTheWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l locks.Lock
		require.NoError(t, l.Acquire(t.Context()))
		waiter := start(func() error { return l.Acquire(t.Context()) })

		l.Release()
		require.False(t, l.TryAcquire(), "the Lock has been handed over, though the waiter has not run yet")
		again := start(func() error { return l.Acquire(t.Context()) })
		waiter.returns(t, nil, "the waiter came first")
		again.waits(t, "the releaser must not barge")

		l.Release()
		again.returns(t, nil, "the releaser is next")
	})
}

func TestTryAcquireTakesAFreeLockOnly(t *testing.T) {
	var l locks.Lock
	require.True(t, l.TryAcquire(), "the Lock is free")
	require.False(t, l.TryAcquire(), "the Lock is held")
	l.Release()
	require.True(t, l.TryAcquire(), "the Lock is free again")
}

// test_acquire_cancel
func TestWaiterWhoseCtxEndsLeavesTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l locks.Lock
		require.NoError(t, l.Acquire(t.Context()))
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		waiter := start(func() error { return l.Acquire(ctx) })

		cancel(errWhy)
		waiter.returns(t, errWhy, "the waiter gives up with the cause")
		require.True(t, l.Locked(), "the holder still has the Lock")
		l.Release()
		require.True(t, l.TryAcquire(), "nothing of the waiter is left")
	})
}

func TestAcquireGivesUpExactlyAtItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l locks.Lock
		require.NoError(t, l.Acquire(t.Context()))
		begin := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, errWhy)
		defer cancel()
		require.Equal(t, errWhy, l.Acquire(ctx))
		require.Equal(t, 3*time.Second, time.Since(begin))
	})
}

// test_cancel_race
func TestLockGoesToTheSecondWhenTheFirstIsCancelledBeforeTheRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 100 { // the first finds both ready, and must not leave to chance which one it takes
			var l locks.Lock
			require.NoError(t, l.Acquire(t.Context()))
			ctx, cancel := context.WithCancelCause(t.Context())
			first := start(func() error { return l.Acquire(ctx) })
			second := start(func() error { return l.Acquire(t.Context()) })
			third := start(func() error { return l.Acquire(t.Context()) })

			cancel(errWhy)
			l.Release()
			first.returns(t, errWhy, "its ctx ended first")
			second.returns(t, nil, "the Lock goes to the second")
			third.waits(t, "and to no other waiter")
			l.Release()
			third.returns(t, nil, "then to the third")
		}
	})
}

// test_cancel_release_race, test_finished_waiter_cancelled
func TestWaiterCancelledAfterItWasGivenTheLockPassesItOn(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that the waiter does not run between Release and cancel
	synctest.Test(t, func(t *testing.T) {
		passed := 0
		for range 100 {
			var l locks.Lock
			require.NoError(t, l.Acquire(t.Context()))
			ctx, cancel := context.WithCancelCause(t.Context())
			first := start(func() error { return l.Acquire(ctx) })
			second := start(func() error { return l.Acquire(t.Context()) })

			l.Release()
			cancel(errWhy)
			if err := <-first.errc; err == nil { // it has run in between after all
				second.waits(t, "the first has the Lock")
				l.Release()
			} else {
				require.Equal(t, errWhy, err)
				passed++
			}
			second.returns(t, nil, "the Lock is not lost")
			l.Release()
			require.False(t, l.Locked(), "no other waiter has it")
		}
		require.NotZero(t, passed, "ctx wins over a Lock that was given before")
	})
}

func TestAcquireOnAnEndedCtxTakesNothing(t *testing.T) {
	var l locks.Lock
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errWhy)
	require.Equal(t, errWhy, l.Acquire(ctx), "ctx has ended, though the Lock is free")
	require.False(t, l.Locked(), "it is still free")

	require.True(t, l.TryAcquire())
	require.Equal(t, errWhy, l.Acquire(ctx), "it does not wait either")
	l.Release()
	require.False(t, l.Locked(), "it has left nothing behind")
}

// Between Acquire's look at ctx and its taking the free Lock, another may acquire, end that ctx and release.
func TestLockReleasedAfterCtxEndedIsNotTaken(t *testing.T) {
	var l locks.Lock
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	once := sync.OnceFunc(func() {
		require.True(t, l.TryAcquire(), "Acquire has only looked at ctx")
		cancel(errWhy)
		l.Release()
	})
	require.Equal(t, errWhy, l.Acquire(hookCtx{ctx, once, func() {}}), "ctx ended before the Lock was free")
	require.False(t, l.Locked())
}

// Release hands over in several steps. A call in a moment in between must neither get the Lock nor see it free. The moment
// is so short that this hits it now and then only: -long tries 250 times as often.
func TestLockIsNotFreeWhileItIsHandedOver(t *testing.T) {
	rounds := 200
	if *long {
		rounds *= 250
	}
	synctest.Test(t, func(t *testing.T) {
		for range rounds {
			var l locks.Lock
			require.NoError(t, l.Acquire(t.Context()))
			var over atomic.Bool
			waiter := start(func() error {
				defer over.Store(true)
				return l.Acquire(t.Context())
			})
			barged, free := false, false
			watches, done := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(done)
				close(watches)
				for !over.Load() && !barged && !free {
					barged = l.TryAcquire()
					free = !l.Locked()
				}
				if barged {
					l.Release()
				}
			}()
			<-watches
			l.Release()
			<-done
			waiter.returns(t, nil, "the Lock was given to it")
			require.False(t, barged, "TryAcquire overtook the waiter")
			require.False(t, free, "the Lock seemed to be free")
			l.Release()
		}
	})
}

// test_release_not_acquired
func TestReleaseOfAnUnlockedLockPanics(t *testing.T) {
	var l locks.Lock
	require.PanicsWithValue(t, "locks: release of an unlocked Lock", l.Release)
	require.True(t, l.TryAcquire(), "the panic leaves a free Lock")
	l.Release()
	require.PanicsWithValue(t, "locks: release of an unlocked Lock", l.Release)
}

func TestNilContextPanicsAndChangesNothing(t *testing.T) {
	var (
		free, taken locks.Lock
		event       locks.Event
		c           = locks.NewCondition(nil)
		none        context.Context
	)
	barrier := locks.NewBarrier(1)
	require.True(t, taken.TryAcquire())
	require.True(t, c.L.TryAcquire())
	for want, misuse := range map[string]func(){
		"locks: Lock.Acquire with a nil context":   func() { _ = free.Acquire(none) },
		"locks: Event.Wait with a nil context":     func() { _ = event.Wait(none) },
		"locks: Condition.Wait with a nil context": func() { _ = c.Wait(none) },
		"locks: Barrier.Wait with a nil context":   func() { _, _ = barrier.Wait(none) },
	} {
		require.PanicsWithValue(t, want, misuse)
	}
	require.PanicsWithValue(t, "locks: Lock.Acquire with a nil context", func() { _ = taken.Acquire(none) }, "where it would wait")
	require.False(t, free.Locked())
	require.True(t, c.L.Locked())
	_, err := barrier.Wait(t.Context())
	require.NoError(t, err)
}

func TestAnyGoroutineMayRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l locks.Lock
		require.NoError(t, l.Acquire(t.Context()))
		start(func() error { l.Release(); return nil }).returns(t, nil, "a Lock belongs to no goroutine")
		require.False(t, l.Locked())
	})
}

// This one is for the race detector: n is guarded by the Lock alone.
func TestReleaseHappensBeforeTheNextAcquire(t *testing.T) {
	var l locks.Lock
	var wg sync.WaitGroup
	n, inside := 0, atomic.Int32{}
	for g := range 8 {
		wg.Go(func() {
			for range 1000 {
				ctx, cancel := context.WithCancel(t.Context())
				if g%4 == 0 {
					go cancel()
				}
				if l.TryAcquire() || l.Acquire(ctx) == nil {
					assert.EqualValues(t, 1, inside.Add(1), "two hold the Lock")
					n++
					inside.Add(-1)
					l.Release()
				}
				cancel()
			}
		})
	}
	wg.Wait()
	require.GreaterOrEqual(t, n, 6000, "a waiter that is not cancelled gets the Lock")
	require.False(t, l.Locked())
}

func TestUncontendedLockAllocatesNothing(t *testing.T) {
	var l locks.Lock
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_ = l.Acquire(ctx)
		l.Release()
	}))
}
