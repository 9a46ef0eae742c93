package queues_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// CPython: test_shutdown_empty.
func TestCloseReleasesTheGetsThatWaitOnAnEmptyQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		gets := waitingGets(t, q, 3)
		q.Close()
		synctest.Wait()
		for _, get := range gets {
			require.True(t, get.returned(), "a Get waits on a closed queue")
			require.ErrorIs(t, get.err, queues.ErrClosed)
		}
		_, err := q.TryGet()
		require.ErrorIs(t, err, queues.ErrClosed)
		_, err = q.Get(t.Context())
		require.ErrorIs(t, err, queues.ErrClosed)
		require.NoError(t, q.Join(t.Context()))
	})
}

// CPython: test_shutdown_nonempty.
func TestCloseRefusesTheWaitingPutsAndKeepsTheItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](2)
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2))
		puts := waitingPuts(t, q, 3, 4)
		q.Close()
		synctest.Wait()
		for _, put := range puts {
			require.True(t, put.returned(), "a Put waits on a closed queue")
			require.ErrorIs(t, put.err, queues.ErrClosed)
		}
		require.ErrorIs(t, q.TryPut(5), queues.ErrClosed, "a full closed queue is closed first of all")
		require.ErrorIs(t, q.Put(t.Context(), 5), queues.ErrClosed)
		assert.Equal(t, []int{1, 2}, takeAll(t, q), "what was queued has to be got, and nothing else")
		_, err := q.Get(t.Context())
		require.ErrorIs(t, err, queues.ErrClosed)
	})
}

// CPython: test_shutdown_nonempty.
func TestAfterCloseJoinStillWaitsForWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		require.NoError(t, q.TryPut(1))
		q.Close()
		join := waits(t, goJoin(t.Context(), q))
		_, _ = q.TryGet()
		waits(t, join)
		q.TaskDone()
		<-join.done
		assert.NoError(t, join.err)
	})
}

// CPython: test_shutdown_immediate.
func TestCloseNowDropsTheItemsAndCountsThemAsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](2)
		join := func() *call { return waits(t, goJoin(t.Context(), q)) }
		puts := waitingPuts(t, q, 1, 2, 3)
		joins := []*call{join(), join()}
		q.CloseNow()
		synctest.Wait()
		for _, c := range joins {
			require.True(t, c.returned(), "Join waits for items that were dropped")
			require.NoError(t, c.err)
		}
		require.ErrorIs(t, puts[2].err, queues.ErrClosed)
		assert.Equal(t, 0, q.Len())
		_, err := q.Get(t.Context())
		require.ErrorIs(t, err, queues.ErrClosed, "a dropped item was got")
		assert.Regexp(t, "^queues: ", panicOf(q.TaskDone), "a dropped item was not got")
	})
}

// CPython: test_shutdown_immediate_with_unfinished.
func TestAfterCloseNowJoinWaitsForWhatWasGotBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2))
		_, _ = q.TryGet()
		q.CloseNow()
		join := waits(t, goJoin(t.Context(), q))
		q.TaskDone()
		<-join.done
		assert.NoError(t, join.err)
	})
}

func TestClosingAgainHasNoEffectAndCloseNowStillDrops(t *testing.T) {
	q := queues.New[int](0)
	require.NoError(t, q.TryPut(1))
	q.Close()
	q.Close()
	assert.Equal(t, 1, q.Len(), "the second Close dropped an item")
	q.CloseNow()
	q.CloseNow()
	q.Close()
	assert.Equal(t, 0, q.Len(), "CloseNow after Close dropped nothing")
}

func TestCloseNowDropsAnItemThatAWaitingGetWasCalledFor(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			q := queues.New[int](0)
			get := waitingGets(t, q, 1)[0]
			require.NoError(t, q.TryPut(1))
			q.CloseNow()
			<-get.done
			if get.err == nil { // it was quicker
				q.TaskDone()
			} else {
				require.ErrorIs(t, get.err, queues.ErrClosed)
			}
			require.NoError(t, q.Join(endedCtx(t)), "the item was neither got nor dropped")
		})
	}
}

// An item that was put before Close is got, whichever of its waiters leaves at that moment.
func TestCloseLosesNoItemToAGetThatLeaves(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			q := queues.New[int](0)
			ctx, leave := context.WithCancelCause(t.Context())
			first := waits(t, goGet(ctx, q))
			second := waits(t, goGet(t.Context(), q))
			require.NoError(t, q.TryPut(1))
			leave(errLeft)
			q.Close()
			synctest.Wait()
			if first.err == nil {
				require.ErrorIs(t, second.err, queues.ErrClosed)
				return
			}
			require.ErrorIs(t, first.err, errLeft)
			require.NoError(t, second.err, "a Get was told that the queue had run out while an item was left")
		})
	}
}

func TestAWaiterWhoseCtxEndsAsTheQueueClosesReturnsItsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		ctx, leave := context.WithCancelCause(t.Context())
		get := waits(t, goGet(ctx, q))
		leave(errLeft)
		q.Close()
		<-get.done
		assert.ErrorIs(t, get.err, errLeft)
	})
}
