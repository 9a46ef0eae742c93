package locks_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// The names in comments are those of CPython 3.13, test_asyncio/test_locks.py, class EventTests.

// test_wait
func TestSetReleasesAllWaitersAndLateComers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e locks.Event
		wait := func() error { return e.Wait(t.Context()) }
		first, second := start(wait), start(wait)
		first.waits(t, "the event is not set")
		second.waits(t, "the event is not set")

		begin := time.Now()
		time.AfterFunc(2*time.Second, e.Set)
		require.NoError(t, e.Wait(t.Context()))
		require.Equal(t, 2*time.Second, time.Since(begin), "released at the moment of Set")
		first.returns(t, nil, "released")
		second.returns(t, nil, "released")
		start(wait).returns(t, nil, "a late waiter need not wait")
	})
}

// test_wait_on_set
func TestWaitOnASetEventReturnsAtOnce(t *testing.T) {
	var e locks.Event
	e.Set()
	require.NoError(t, e.Wait(t.Context()))
}

// test_wait_cancel
func TestWaiterOfAnEventGivesUpWithTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e locks.Event
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		cancelled := start(func() error { return e.Wait(ctx) })
		other := start(func() error { return e.Wait(t.Context()) })

		cancel(errWhy)
		cancelled.returns(t, errWhy, "its ctx has ended")
		other.waits(t, "the event is none the wiser")
		require.False(t, e.IsSet())
		e.Set()
		other.returns(t, nil, "released")
	})
}

// test_clear
func TestClearedEventIsNotSet(t *testing.T) {
	var e locks.Event
	require.False(t, e.IsSet(), "the zero Event is not set")
	e.Set()
	require.True(t, e.IsSet())
	e.Clear()
	require.False(t, e.IsSet())
	e.Clear()
	require.False(t, e.IsSet(), "a second Clear has no effect")
}

// test_clear_with_waiters
func TestSetAndClearReleaseThoseThenWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e locks.Event
		before := start(func() error { return e.Wait(t.Context()) })

		e.Set()
		e.Clear() // the waiter has not run yet
		after := start(func() error { return e.Wait(t.Context()) })
		before.returns(t, nil, "it waited when the event was set")
		after.waits(t, "it came when the event was cleared")

		e.Set()
		e.Set() // harmless
		after.returns(t, nil, "released")
	})
}

func TestWaitOnAnEndedCtxPrefersTheAnswer(t *testing.T) {
	var e locks.Event
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errWhy)
	require.Equal(t, errWhy, e.Wait(ctx), "there is no answer")
	e.Set()
	require.NoError(t, e.Wait(ctx), "there is one")
}

func TestWaiterThatIsReleasedAndCancelledAtOnceGetsTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 100 { // it finds both ready, and must not leave to chance which one it takes
			var e locks.Event
			ctx, cancel := context.WithCancelCause(t.Context())
			waiter := start(func() error { return e.Wait(ctx) })
			e.Set()
			cancel(errWhy)
			e.Clear()
			waiter.returns(t, nil, "the answer came first")
		}
	})
}

func TestEventSetAsWaitBeginsIsAnAnswerThoughCtxHasEnded(t *testing.T) {
	for range 100 { // it finds both ready, and must not leave to chance which one it takes
		var e locks.Event
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, e.Wait(hookCtx{ctx, func() {}, e.Set}))
	}
}

func TestDoneIsClosedWhenItsRoundIsSet(t *testing.T) {
	var e locks.Event
	first := e.Done()
	require.Equal(t, first, e.Done(), "one channel for a round")
	requireOpen(t, first, "not set")
	e.Set()
	requireClosed(t, first, "set")
	requireClosed(t, e.Done(), "set")

	e.Clear()
	second := e.Done()
	requireOpen(t, second, "a new round")
	requireClosed(t, first, "a round that was set stays set")

	e.Set()
	requireClosed(t, second, "set")
}

func TestDoneOfAnEventSetBeforeAnyoneAskedIsClosed(t *testing.T) {
	var e locks.Event
	e.Set()
	requireClosed(t, e.Done(), "set")
}

// This one is for the race detector: n is guarded by the event alone.
func TestSetHappensBeforeWaitReturns(t *testing.T) {
	for range 1000 {
		var e locks.Event
		n := 0
		go func() {
			n = 1
			e.Set()
		}()
		require.NoError(t, e.Wait(t.Context()))
		require.Equal(t, 1, n)
	}
}

func TestWaitOnASetEventAllocatesNothing(t *testing.T) {
	var e locks.Event
	e.Set()
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(100, func() { _ = e.Wait(ctx) }))
}

func requireClosed(t *testing.T, done <-chan struct{}, msg string) {
	t.Helper()
	select {
	case <-done:
	default:
		require.Fail(t, "Done is open", msg)
	}
}

func requireOpen(t *testing.T, done <-chan struct{}, msg string) {
	t.Helper()
	select {
	case <-done:
		require.Fail(t, "Done is closed", msg)
	default:
	}
}
