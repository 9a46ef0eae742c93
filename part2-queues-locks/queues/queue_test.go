package queues_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// CPython: test_order of the three queues.
func TestEachOrderLetsItemsLeaveAsItSays(t *testing.T) {
	put := []int{31, 12, 10, 41, 20} // their ranks are 1, 0, 1, 2, 2
	want := map[string][]int{
		"FIFO":     {31, 12, 10, 41, 20},
		"LIFO":     {20, 41, 10, 12, 31},
		"Priority": {12, 31, 10, 41, 20},
	}
	for _, order := range orders() {
		t.Run(order.name, func(t *testing.T) {
			q := order.make(0)
			for _, item := range put {
				require.NoError(t, q.TryPut(item))
			}
			assert.Equal(t, want[order.name], takeAll(t, q), "the items left in another order")
		})
	}
}

func TestEqualItemsLeaveAPriorityQueueInTheOrderTheyCame(t *testing.T) {
	type job struct{ urgency, number int }
	q := queues.NewPriority(0, func(a, b job) bool { return a.urgency < b.urgency })
	for i := range 100 {
		require.NoError(t, q.TryPut(job{urgency: i % 2, number: i}))
	}
	var got []int
	for range 100 {
		j, err := q.TryGet()
		require.NoError(t, err)
		got = append(got, j.number)
	}
	for i := range 50 {
		require.Equal(t, 2*i, got[i], "equal urgent items changed places")
		require.Equal(t, 2*i+1, got[50+i], "equal items that can wait changed places")
	}
}

// CPython: test_maxsize, test_blocking_put_wait.
func TestPutOnAFullQueueWaitsUntilAnItemIsGot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](2)
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2))
		time.AfterFunc(time.Second, func() { _, _ = q.TryGet() })
		begin := time.Now()
		require.NoError(t, q.Put(t.Context(), 3))
		assert.Equal(t, time.Second, time.Since(begin), "the third Put did not wait exactly until there was a place")
		assert.Equal(t, []int{2, 3}, takeAll(t, q))
	})
}

// CPython: test_blocking_get_wait.
func TestGetOnAnEmptyQueueWaitsUntilAnItemIsPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		time.AfterFunc(time.Second, func() { _ = q.TryPut(1) })
		begin := time.Now()
		item, err := q.Get(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, item)
		assert.Equal(t, time.Second, time.Since(begin), "Get did not wait exactly until there was an item")
	})
}

// CPython: test_nonblocking_put, test_full.
func TestAQueueWithoutALimitIsNeverFull(t *testing.T) {
	for _, maxSize := range []int{0, -1} {
		q := queues.New[int](maxSize)
		for i := range 10_000 {
			require.NoError(t, q.TryPut(i), "a queue made with %d was full", maxSize)
		}
		assert.Equal(t, 10_000, q.Len())
	}
}

// CPython: test_nonblocking_get_exception.
func TestTryGetOnAnEmptyQueueReturnsErrEmpty(t *testing.T) {
	_, err := queues.New[int](1).TryGet()
	assert.ErrorIs(t, err, queues.ErrEmpty)
}

// CPython: test_nonblocking_put_exception.
func TestTryPutOnAFullQueueReturnsErrFull(t *testing.T) {
	q := queues.New[int](1)
	require.NoError(t, q.TryPut(1))
	require.ErrorIs(t, q.TryPut(2), queues.ErrFull)
	assert.Equal(t, []int{1}, takeAll(t, q), "the refused item came in")
}

func TestLenCountsWhatIsQueuedNotWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(1))
		goPut(t.Context(), q, 2)
		synctest.Wait()
		assert.Equal(t, 1, q.Len(), "the item of a waiting Put was counted")
		_, _ = q.TryGet()
		synctest.Wait()
		_, _ = q.TryGet()
		assert.Equal(t, 0, q.Len(), "an item that was got was counted")
	})
}

func TestAnySizeOfBurstKeepsItsOrder(t *testing.T) {
	for _, order := range orders() {
		for _, n := range []int{1, 7, 8, 9, 64, 65, 1000} {
			t.Run(fmt.Sprint(order.name, n), func(t *testing.T) {
				q := order.make(0)
				var model []int
				for i := range 3 * n { // two come for each one that leaves, then all leave
					require.NoError(t, q.TryPut(i))
					model = append(model, i)
					if i%2 == 1 {
						requireFirst(t, q, order, &model)
					}
				}
				for len(model) > 0 {
					requireFirst(t, q, order, &model)
				}
			})
		}
	}
}

func TestMisuseIsAPanicThatNamesThePackage(t *testing.T) {
	var (
		zero queues.Queue[int]
		none context.Context
	)
	for name, misuse := range map[string]func(){
		"a queue that no constructor made": func() { _ = zero.TryPut(1) },
		"Put with a nil context":           func() { _ = queues.New[int](1).Put(none, 1) },
		"Get with a nil context":           func() { _, _ = queues.New[int](1).Get(none) },
		"Join with a nil context":          func() { _ = queues.New[int](1).Join(none) },
		"All with a nil context":           func() { queues.New[int](1).All(none) },
		"a priority queue without a less":  func() { queues.NewPriority[int](1, nil) },
		"TaskDone for nothing":             func() { queues.New[int](1).TaskDone() },
	} {
		assert.Regexp(t, "^queues: ", panicOf(misuse), name)
	}
}
