package queues_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

func TestAfterABurstTheHeapIsWhereItWas(t *testing.T) {
	items := atLength(16_000, 1_000_000)
	for _, order := range orders() {
		t.Run(order.name, func(t *testing.T) {
			heapIsWhereItWas(t, func() queue { return order.make(0) }, func(q queue) {
				for i := range items {
					if err := q.TryPut(i); err != nil {
						t.Error(err)
					}
				}
				for range items {
					if _, err := q.TryGet(); err != nil {
						t.Error(err)
					}
					q.TaskDone()
				}
			})
		})
	}
}

func TestAfterAMillionItemsOneByOneTheHeapIsWhereItWas(t *testing.T) {
	items := atLength(10_000, 1_000_000)
	heapIsWhereItWas(t, func() queue { return queues.New[int](64) }, func(q queue) {
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range items {
				if err := q.Put(t.Context(), i); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range items {
				if _, err := q.Get(t.Context()); err != nil {
					t.Error(err)
				}
				q.TaskDone()
			}
		})
		wg.Wait()
	})
}

func TestAfterManyCancelledWaitersTheHeapIsWhereItWas(t *testing.T) {
	waiters := atLength(1_000, 100_000)
	for _, wait := range []func(ctx context.Context, q queue) error{
		func(ctx context.Context, q queue) error { _, err := q.Get(ctx); return err },
		func(ctx context.Context, q queue) error { return q.Put(ctx, 1) }, // the first one fills the queue
		func(ctx context.Context, q queue) error { _ = q.TryPut(1); return q.Join(ctx) },
	} {
		heapIsWhereItWas(t, func() queue { return queues.New[int](1) }, func(q queue) {
			for range waiters / 100 {
				ctx, leave := context.WithCancelCause(t.Context())
				var wg sync.WaitGroup
				for range 100 {
					wg.Go(func() {
						if err := wait(ctx, q); err != nil && !errors.Is(err, errLeft) {
							t.Error(err)
						}
					})
				}
				runtime.Gosched()
				leave(errLeft)
				wg.Wait()
			}
		})
	}
}

func TestAnItemThatWasGotIsNotKeptAlive(t *testing.T) {
	type big [1 << 16]byte
	lessBig := func(a, b *big) bool { return a[0] < b[0] }
	for name, q := range map[string]*queues.Queue[*big]{
		"FIFO": queues.New[*big](0), "LIFO": queues.NewLIFO[*big](0), "Priority": queues.NewPriority(0, lessBig),
	} {
		t.Run(name, func(t *testing.T) {
			var gone []weak.Pointer[big]
			for range 10 {
				item := new(big)
				gone = append(gone, weak.Make(item))
				require.NoError(t, q.TryPut(item))
			}
			for range 5 {
				_, err := q.TryGet()
				require.NoError(t, err)
			}
			assert.Equal(t, 5, alive(gone), "the queue keeps items that have left")
			q.CloseNow()
			assert.Equal(t, 0, alive(gone), "the queue keeps items that it dropped")
			runtime.KeepAlive(q)
		})
	}
}

func TestTheItemOfACancelledPutIsNotKeptAlive(t *testing.T) {
	type big [1 << 16]byte
	q := queues.New[*big](1)
	require.NoError(t, q.TryPut(nil))
	ctx, leave := context.WithCancelCause(t.Context())
	item := new(big)
	gone := []weak.Pointer[big]{weak.Make(item)}
	put := start(func(c *call) { c.err = q.Put(ctx, item) })
	runtime.Gosched()
	leave(errLeft)
	<-put.done
	item = nil
	assert.Equal(t, 0, alive(gone), "the line keeps the item of a Put that left")
	runtime.KeepAlive(q)
}

func alive[T any](items []weak.Pointer[T]) (n int) {
	runtime.GC()
	for _, item := range items {
		if item.Value() != nil {
			n++
		}
	}
	return n
}

// heapIsWhereItWas compares the heap before and after one use of a new queue, which is still there.
func heapIsWhereItWas(t *testing.T, newQueue func() queue, use func(queue)) {
	t.Helper()
	use(newQueue()) // so that the runtime has what it needs
	q := newQueue()
	before := heap()
	use(q)
	after := heap()
	runtime.KeepAlive(q)
	const noise = 100 << 10 // the runtime keeps up to a hundred ended goroutines more than the first time
	assert.Less(t, after-before, float64(noise), "bytes that the queue keeps of what it used")
}

func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// A buffer of more than 64 slots is copied into one of half its size when a quarter of it is in use, and not before. So the copies are
// few, however many items there were.
func TestAQueueThatDrainsHalvesItsBufferAtAQuarter(t *testing.T) {
	const runs = 5
	for _, order := range orders() {
		for _, tt := range []struct {
			left   int // of 256 items
			copies float64
		}{{65, 0}, {64, 1}, {33, 1}, {32, 2}, {0, 2}} {
			var full []queue
			for range runs + 1 {
				q := order.make(0)
				for i := range 256 {
					require.NoError(t, q.TryPut(i))
				}
				full = append(full, q)
			}
			copies := testing.AllocsPerRun(runs, func() {
				q := full[0]
				full = full[1:]
				for q.Len() > tt.left {
					_, _ = q.TryGet()
				}
			})
			require.InDelta(t, tt.copies, copies, 0, "%s, until %d are left", order.name, tt.left)
		}
	}
}
