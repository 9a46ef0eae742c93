package queues_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// What others see between the call of a waiter and the moment at which it runs. In each test it has hardly run.

func TestTryGetDoesNotOvertakeAWaitingGet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		get := waitingGets(t, q, 1)[0]
		require.NoError(t, q.TryPut(1))
		_, err := q.TryGet() // the waiting one has been woken, and has hardly run
		require.ErrorIs(t, err, queues.ErrEmpty, "TryGet took the item of a Get that waited")
		<-get.done
		assert.Equal(t, 1, get.item)
	})
}

func TestTryPutDoesNotOvertakeAWaitingPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		put := waitingPuts(t, q, 2)[0]
		_, _ = q.TryGet()
		require.ErrorIs(t, q.TryPut(3), queues.ErrFull, "TryPut took the place of a Put that waited")
		<-put.done
		assert.Equal(t, []int{2}, takeAll(t, q))
	})
}

func TestAWaitingPutThatWasCalledIsGotBeforeItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		waitingPuts(t, q, 2)
		_, _ = q.TryGet()
		item, err := q.TryGet()
		require.NoError(t, err, "the queue seemed empty although a Put had waited for the place")
		assert.Equal(t, 2, item)
	})
}

func TestThereIsRoomWhereAWaitingGetHasBeenCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		gets := waitingGets(t, q, 2)
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2), "the queue seemed full although a Get had waited for the item")
		for i, get := range gets {
			<-get.done
			assert.Equal(t, i+1, get.item)
		}
	})
}

// Neither by itself nor by a TryGet that comes before it runs.
func TestAGetWhoseCtxHasEndedIsNotServedAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		ctx, leave := context.WithCancelCause(t.Context())
		get := waits(t, goGet(ctx, q))
		leave(errLeft)
		require.NoError(t, q.TryPut(1))
		item, err := q.TryGet()
		require.NoError(t, err, "the item went to a Get whose ctx had ended")
		assert.Equal(t, 1, item)
		<-get.done
		assert.ErrorIs(t, get.err, errLeft)
	})
}

func TestAPutWhoseCtxHasEndedIsNotServedAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		ctx, leave := context.WithCancelCause(t.Context())
		put := waits(t, goPut(ctx, q, 2))
		leave(errLeft)
		_, _ = q.TryGet()
		require.NoError(t, q.TryPut(3), "the place went to a Put whose ctx had ended")
		<-put.done
		require.ErrorIs(t, put.err, errLeft)
		assert.Equal(t, []int{3}, takeAll(t, q))
	})
}

// A TryGet that finds nothing because a Get was called before it has decided: that Get has the item.
func TestAGetThatWasServedKeepsItsItemThoughItsCtxEndsBeforeItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		ctx, leave := context.WithCancelCause(t.Context())
		get := waits(t, goGet(ctx, q))
		require.NoError(t, q.TryPut(1))
		_, err := q.TryGet()
		require.ErrorIs(t, err, queues.ErrEmpty)
		leave(errLeft)
		<-get.done
		require.NoError(t, get.err, "the queue was said to be empty, yet the item is in it again")
		assert.Equal(t, 1, get.item)
	})
}
