package queues_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// CPython: test_why_are_getters_waiting.
func TestWaitingGetsAreServedInTheOrderTheyCame(t *testing.T) {
	for _, atOnce := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			q := queues.New[int](0)
			gets := waitingGets(t, q, 4)
			for i := range gets {
				require.NoError(t, q.TryPut(i))
				if !atOnce {
					synctest.Wait()
				}
			}
			synctest.Wait()
			for i, get := range gets {
				require.True(t, get.returned(), "Get %d still waits although there was an item for it", i)
				assert.Equal(t, i, get.item, "a Get was served before its turn")
			}
		})
	}
}

// CPython: test_why_are_putters_waiting, test_get_with_putters.
func TestWaitingPutsAreServedInTheOrderTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](1)
		require.NoError(t, q.TryPut(0))
		puts := waitingPuts(t, q, 1, 2, 3)
		for i, put := range puts {
			_, _ = q.TryGet()
			synctest.Wait()
			require.True(t, put.returned(), "Put %d still waits although there was a place for it", i)
			if i+1 < len(puts) {
				require.False(t, puts[i+1].returned(), "one place was given to two Puts")
			}
		}
	})
}

// CPython: test_get_with_waiting_putters.
func TestItemsOfWaitingPutsArriveInTheOrderTheyCame(t *testing.T) {
	for _, max := range []int{1, 2, 3} {
		synctest.Test(t, func(t *testing.T) {
			q := queues.New[int](max)
			waitingPuts(t, q, 1, 2, 3, 4, 5, 6)
			assert.Equal(t, []int{1, 2, 3, 4, 5, 6}, takeAll(t, q), "with %d places", max)
		})
	}
}

func TestGetDoesNotOvertakeAWaitingGet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](0)
		get := waitingGets(t, q, 1)[0]
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2))
		item, err := q.Get(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 2, item, "a Get took the item of one that came before it")
		<-get.done
		assert.Equal(t, 1, get.item)
	})
}

func TestPutDoesNotOvertakeAWaitingPut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queues.New[int](2)
		require.NoError(t, q.TryPut(1))
		require.NoError(t, q.TryPut(2))
		waitingPuts(t, q, 3)
		_, _ = q.TryGet()
		_, _ = q.TryGet()
		require.NoError(t, q.Put(t.Context(), 4))
		assert.Equal(t, []int{3, 4}, takeAll(t, q), "a Put went before one that came before it")
	})
}

// waitingGets starts n Gets, one after the other.
func waitingGets(t *testing.T, q queue, n int) []*call {
	t.Helper()
	var gets []*call
	for range n {
		gets = append(gets, waits(t, goGet(t.Context(), q)))
	}
	return gets
}

// waitingPuts starts a Put for each item, one after the other.
func waitingPuts(t *testing.T, q queue, items ...int) []*call {
	t.Helper()
	var puts []*call
	for _, item := range items {
		puts = append(puts, goPut(t.Context(), q, item))
		synctest.Wait()
	}
	return puts
}

// waits asserts that the call does wait.
func waits(t *testing.T, c *call) *call {
	t.Helper()
	synctest.Wait()
	require.False(t, c.returned(), "it should wait, but returned %d, %v", c.item, c.err)
	return c
}
