package queues_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

var errLeft = errors.New("the caller has left")

func TestAnEndedCtxTakesNothingThoughThereIsAnItem(t *testing.T) {
	q := queues.New[int](1)
	require.NoError(t, q.TryPut(1))
	_, err := q.Get(endedCtx(t))
	require.ErrorIs(t, err, errLeft)
	assert.Equal(t, 1, q.Len(), "a Get whose ctx had ended took the item")
}

func TestAnEndedCtxPutsNothingThoughThereIsRoom(t *testing.T) {
	q := queues.New[int](1)
	require.ErrorIs(t, q.Put(endedCtx(t), 1), errLeft)
	assert.Equal(t, 0, q.Len(), "a Put whose ctx had ended put its item")
}

func TestAnEndedCtxWinsOverAClosedQueue(t *testing.T) {
	q := queues.New[int](1)
	q.Close()
	_, err := q.Get(endedCtx(t))
	require.ErrorIs(t, err, errLeft)
	require.ErrorIs(t, q.Put(endedCtx(t), 1), errLeft)
}

func TestAGetGivesUpExactlyWhenItsCtxEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLeft)
		defer cancel()
		begin := time.Now()
		_, err := queues.New[int](1).Get(ctx)
		require.ErrorIs(t, err, errLeft, "it has to return the cause")
		assert.Equal(t, time.Second, time.Since(begin))
	})
}

func TestAPutGivesUpExactlyWhenItsCtxEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLeft)
		defer cancel()
		begin := time.Now()
		require.ErrorIs(t, q.Put(ctx, 2), errLeft, "it has to return the cause")
		assert.Equal(t, time.Second, time.Since(begin))
		assert.Equal(t, []int{1}, takeAll(t, q), "the item of a Put that gave up came in")
	})
}

// CPython: test_get_cancelled_race.
func TestAnItemGoesPastACancelledGetToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		ctx, leave := context.WithCancelCause(t.Context())
		first := waits(t, goGet(ctx, q))
		second := waits(t, goGet(t.Context(), q))
		leave(errLeft) // it has not run yet when the item comes
		require.NoError(t, q.TryPut(1))
		synctest.Wait()
		require.ErrorIs(t, first.err, errLeft)
		require.True(t, second.returned(), "the item was lost with the Get that left")
		assert.Equal(t, 1, second.item)
	})
}

// CPython: test_get_cancel_drop_one_pending_reader.
func TestAnItemMeantForACancelledGetStaysFirst(t *testing.T) {
	for _, order := range orders() {
		happens(t, func(t *testing.T) bool {
			q := order.make(0)
			ctx, leave := context.WithCancelCause(t.Context())
			get := waits(t, goGet(ctx, q))
			require.NoError(t, q.TryPut(10))
			leave(errLeft)
			require.NoError(t, q.TryPut(11))
			synctest.Wait()
			want := []int{10, 11}
			if get.err == nil {
				want = []int{11}
			} else if order.name == "LIFO" {
				want = []int{11, 10}
			}
			require.Equal(t, want, takeAll(t, q), "%s: the item is not where it was (Get returned %v)", order.name, get.err)
			return errors.Is(get.err, errLeft)
		})
	}
}

// CPython: test_get_cancel_drop_many_pending_readers.
func TestOfThreeGetsTheTwoThatStayGetTheTwoItems(t *testing.T) {
	happens(t, func(t *testing.T) bool {
		q := queues.New[int](0)
		ctx, leave := context.WithCancelCause(t.Context())
		first := waits(t, goGet(ctx, q))
		second := waits(t, goGet(t.Context(), q))
		third := waits(t, goGet(t.Context(), q))
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2))
		leave(errLeft)
		synctest.Wait()
		if first.err == nil { // it ran before it was cancelled
			return false
		}
		require.ErrorIs(t, first.err, errLeft)
		require.True(t, second.returned() && third.returned(), "a Get still waits although an item is left")
		assert.Equal(t, []int{1, 2}, []int{second.item, third.item}, "asyncio leaves the order open; here it is that of the line")
		return true
	})
}

// CPython: test_put_cancel_drop, test_cancelled_put_silence_value_error_exception.
func TestAPutCancelledAfterItWasWokenPutsNothing(t *testing.T) {
	happens(t, func(t *testing.T) bool {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		ctx, leave := context.WithCancelCause(t.Context())
		put := waits(t, goPut(ctx, q, 2))
		_, _ = q.TryGet()
		leave(errLeft)
		synctest.Wait()
		if put.err == nil {
			return false
		}
		require.ErrorIs(t, put.err, errLeft)
		require.Equal(t, 0, q.Len(), "the item of a cancelled Put came in")
		require.NoError(t, q.Put(t.Context(), 2), "the place that it did not take is lost")
		assert.Equal(t, []int{2}, takeAll(t, q))
		return true
	})
}

// CPython: test_put_cancelled_race.
func TestAPlaceGoesPastACancelledPutToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		ctx, leave := context.WithCancelCause(t.Context())
		first := waits(t, goPut(ctx, q, 2))
		second := waits(t, goPut(t.Context(), q, 3))
		leave(errLeft) // it has not run yet when the place is free
		_, _ = q.TryGet()
		synctest.Wait()
		require.ErrorIs(t, first.err, errLeft)
		require.True(t, second.returned(), "the place was lost with the Put that left")
		assert.Equal(t, []int{3}, takeAll(t, q))
	})
}

// CPython: test_cancelled_getters_not_being_held_in_self_getters and
// test_cancelled_puts_not_being_held_in_self_putters.
func TestAWaiterThatLeavesTheMiddleOfTheLineIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		ctx, leave := context.WithCancelCause(t.Context())
		var stay, gone []*call
		for i := range 9 {
			if i%3 == 1 {
				stay = append(stay, waits(t, goGet(t.Context(), q)))
			} else {
				gone = append(gone, waits(t, goGet(ctx, q)))
			}
		}
		leave(errLeft)
		synctest.Wait()
		for i := range stay {
			require.NoError(t, q.TryPut(i))
		}
		synctest.Wait()
		for i, get := range stay {
			assert.Equal(t, i, get.item, "the line lost its order when others left it")
		}
		for _, get := range gone {
			assert.ErrorIs(t, get.err, errLeft)
		}
	})
}

func endedCtx(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errLeft)
	return ctx
}

// happens plays, in bubbles, a scene in which a waiter is woken and its ctx ends before it runs. The waiter may be quicker,
// and is right then to take what it was woken for; so it is played until the scene happened, which the scene tells.
func happens(t *testing.T, scene func(t *testing.T) bool) {
	t.Helper()
	for n, round := 0, 0; n < 10; round++ {
		require.Less(t, round, 10_000, "the waiter never lost: its ctx does not win over a wake-up")
		synctest.Test(t, func(t *testing.T) {
			if scene(t) {
				n++
			}
		})
	}
}
