package queues_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// What other calls see after a waiter was called and before it runs. In each test it has not run yet: see oneProcessor.

// oneProcessor keeps what this goroutine wakes from running before this goroutine waits, for the rest of the test.
func oneProcessor(t *testing.T) {
	t.Helper()
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestTryGetDoesNotOvertakeAWaitingGet(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		get := waitingGets(t, q, 1)[0]
		require.NoError(t, q.TryPut(1))
		_, err := q.TryGet() // the waiting one has been woken, and has not run
		require.ErrorIs(t, err, queues.ErrEmpty, "TryGet took the item of a Get that waited")
		<-get.done
		assert.Equal(t, 1, get.item)
	})
}

func TestTryPutDoesNotOvertakeAWaitingPut(t *testing.T) {
	oneProcessor(t)
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
	oneProcessor(t)
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
	oneProcessor(t)
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
	oneProcessor(t)
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
	oneProcessor(t)
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
	oneProcessor(t)
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

// A Get that runs serves the Gets that were called before it first, so that each has the item that came in its turn.
func TestAGetThatRunsFirstServesThoseInFrontOfIt(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		gets := waitingGets(t, q, 3)
		for i := range gets {
			require.NoError(t, q.TryPut(i)) // the last one called is the first to run
		}
		synctest.Wait()
		for i, get := range gets {
			require.NoError(t, get.err)
			assert.Equal(t, i, get.item)
		}
	})
}

func TestAPutThatRunsFirstServesThoseInFrontOfIt(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](2)
		require.NoError(t, q.TryPut(0))
		require.NoError(t, q.TryPut(0))
		puts := waitingPuts(t, q, 1, 2)
		_, _ = q.TryGet()
		_, _ = q.TryGet()
		synctest.Wait()
		for _, put := range puts {
			require.NoError(t, put.err)
		}
		assert.Equal(t, []int{1, 2}, takeAll(t, q))
	})
}

// Close leaves no item behind that a called Get was to have; CloseNow leaves none to it.
func TestACalledGetHasItsItemAfterCloseAndNotAfterCloseNow(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		gets := waitingGets(t, q, 2)
		require.NoError(t, q.TryPut(1))
		q.Close()
		synctest.Wait()
		require.NoError(t, gets[0].err)
		assert.Equal(t, 1, gets[0].item)
		require.ErrorIs(t, gets[1].err, queues.ErrClosed)

		q = queues.New[int](0)
		gets = waitingGets(t, q, 2)
		require.NoError(t, q.TryPut(1))
		q.CloseNow()
		synctest.Wait()
		require.ErrorIs(t, gets[0].err, queues.ErrClosed)
		require.ErrorIs(t, gets[1].err, queues.ErrClosed)
		require.NoError(t, q.Join(t.Context()), "the dropped item counts as done")
	})
}

// The place of a called Put whose queue is closed is free for no one.
func TestACalledPutIsSentAwayByClose(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		put := waitingPuts(t, q, 2)[0]
		_, _ = q.TryGet()
		q.Close()
		synctest.Wait()
		require.ErrorIs(t, put.err, queues.ErrClosed)
		assert.Zero(t, q.Len())
	})
}

// Both lines at once: a Get called and not run, its item wanted by a TryPut that needs the place, and a ctx that ends.
func TestThePlaceOfACalledGetWhoseCtxEndedIsNotFree(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		ctx, leave := context.WithCancelCause(t.Context())
		get := waits(t, goGet(ctx, q))
		next := waits(t, goGet(t.Context(), q))
		require.NoError(t, q.TryPut(1))
		leave(errLeft)
		require.NoError(t, q.TryPut(2), "the item goes to the next Get, and leaves its place")
		synctest.Wait()
		require.ErrorIs(t, get.err, errLeft)
		require.NoError(t, next.err)
		assert.Equal(t, 1, next.item)
		assert.Equal(t, []int{2}, takeAll(t, q))
	})
}

func TestATryGetPassesOverAPutWhoseCtxHasEnded(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		ctx, leave := context.WithCancelCause(t.Context())
		first, second := waits(t, goPut(ctx, q, 2)), waits(t, goPut(t.Context(), q, 3))
		_, _ = q.TryGet() // calls the first
		leave(errLeft)
		item, err := q.TryGet()
		require.NoError(t, err, "the queue seemed empty although a Put waited")
		assert.Equal(t, 3, item)
		<-first.done
		require.ErrorIs(t, first.err, errLeft)
		<-second.done
		require.NoError(t, second.err)
	})
}

func TestATryPutPassesOverAGetWhoseCtxHasEnded(t *testing.T) {
	oneProcessor(t)
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		ctx, leave := context.WithCancelCause(t.Context())
		first, second := waits(t, goGet(ctx, q)), waits(t, goGet(t.Context(), q))
		require.NoError(t, q.TryPut(1)) // calls the first
		leave(errLeft)
		require.NoError(t, q.TryPut(2), "the queue seemed full although a Get waited")
		<-first.done
		require.ErrorIs(t, first.err, errLeft)
		<-second.done
		assert.Equal(t, 1, second.item)
		assert.Equal(t, []int{2}, takeAll(t, q))
	})
}
