package queues_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// CPython: test_task_done, in each of the three orders.
func TestJoinReturnsExactlyWhenTheLastItemIsMarkedDone(t *testing.T) {
	for _, order := range orders() {
		synctest.Test(t, func(t *testing.T) {
			q := order.make(0)
			for i := range 10 {
				require.NoError(t, q.TryPut(i))
			}
			for range 2 {
				go func() {
					for range q.All(t.Context()) {
						time.Sleep(time.Second)
					}
				}()
			}
			begin := time.Now()
			require.NoError(t, q.Join(t.Context()))
			assert.Equal(t, 5*time.Second, time.Since(begin), "two workers need five seconds for ten items")
			q.Close()
		})
	}
}

// CPython: test_task_done_underflow.
func TestTaskDonePanicsForAnItemThatWasNotGot(t *testing.T) {
	q := queues.New[int](0)
	require.NoError(t, q.TryPut(1))
	assert.Equal(t, "queues: TaskDone called more often than an item was got", panicOf(q.TaskDone))
	_, _ = q.TryGet()
	assert.Empty(t, panicOf(q.TaskDone))
	assert.Regexp(t, "^queues: ", panicOf(q.TaskDone), "marked done twice")
	assert.Equal(t, 0, q.Len(), "the queue is not usable after the panic")
}

// CPython: test_join_empty_queue.
func TestJoinOfAnUnusedQueueReturnsAtOnceAndAgain(t *testing.T) {
	q := queues.New[int](0)
	require.NoError(t, q.Join(t.Context()))
	require.NoError(t, q.Join(t.Context()))
	assert.NoError(t, q.Join(endedCtx(t)), "Join prefers the answer, where there is one")
}

func TestJoinWaitsForAnItemThatIsNeverGot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		require.NoError(t, q.TryPut(1))
		waits(t, goJoin(t.Context(), q))
		require.ErrorIs(t, q.Join(endedCtx(t)), errLeft)
	})
}

func TestJoinWaitsForAnItemThatWasGotButNotMarkedDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		require.NoError(t, q.TryPut(1))
		_, _ = q.TryGet()
		waits(t, goJoin(t.Context(), q))
	})
}

func TestJoinReturnsThoughNewItemsComeAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		require.NoError(t, q.TryPut(1))
		joins := []*call{waits(t, goJoin(t.Context(), q)), waits(t, goJoin(t.Context(), q))}
		_, _ = q.TryGet()
		q.TaskDone()
		require.NoError(t, q.TryPut(2)) // before either of them has run
		synctest.Wait()
		for _, join := range joins {
			require.True(t, join.returned(), "Join missed the instant at which everything was done")
			require.NoError(t, join.err)
		}
		waits(t, goJoin(t.Context(), q)) // and a new one waits for the new item
	})
}

// The lessons' pipelines rely on it: a worker is range q.All, whatever its body does.
func TestAllMarksAnItemDoneWhenTheBodyBreaks(t *testing.T) {
	q := filled(t, 1, 2, 3)
	for range q.All(t.Context()) {
		break
	}
	assert.Regexp(t, "^queues: ", panicOf(q.TaskDone), "the item was not marked done")
	assert.Equal(t, []int{2, 3}, takeAll(t, q), "a loop that was left took more than it was given")
}

func TestAllMarksAnItemDoneWhenTheBodyPanics(t *testing.T) {
	q := filled(t, 1, 2)
	message := panicOf(func() {
		for range q.All(t.Context()) {
			panic("the body fails")
		}
	})
	assert.Equal(t, "the body fails", message)
	assert.Regexp(t, "^queues: ", panicOf(q.TaskDone), "the item was not marked done")
	assert.Equal(t, []int{2}, takeAll(t, q))
}

func TestAllMarksAnItemDoneOnlyAfterTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := filled(t, 1)
		for range q.All(t.Context()) {
			join := waits(t, goJoin(t.Context(), q))
			q.Close()
			defer func() { assert.True(t, join.returned()) }()
		}
		synctest.Wait()
		require.NoError(t, q.Join(endedCtx(t)), "the item was not marked done")
	})
}

func TestAllEndsWhenTheQueueIsClosedAndEmpty(t *testing.T) {
	q := filled(t, 1, 2, 3)
	q.Close()
	var got []int
	for item := range q.All(t.Context()) {
		got = append(got, item)
	}
	assert.Equal(t, []int{1, 2, 3}, got)
}

func TestAllEndsWhenCtxEndsAndLeavesTheRest(t *testing.T) {
	q := filled(t, 1)
	for range q.All(endedCtx(t)) {
		t.Error("an item was taken though ctx had ended")
	}
	assert.Equal(t, 1, q.Len())
}

func filled(t *testing.T, items ...int) *queues.Queue[int] {
	t.Helper()
	q := queues.New[int](0)
	for _, item := range items {
		require.NoError(t, q.TryPut(item))
	}
	return q
}
