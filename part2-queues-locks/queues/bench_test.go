package queues_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// BenchmarkQueue answers: what does an item cost that passes through 64 places, with a ctx that can be cancelled, beside
// a buffered channel with a select? bench_asyncio.py measures asyncio.Queue in the same way. The figure is ns/item.
func BenchmarkQueue(b *testing.B) {
	const places = 64
	for _, n := range []int{1, 4} {
		b.Run(fmt.Sprintf("%dx%d/channel", n, n), func(b *testing.B) {
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			c := make(chan int, places)
			put := func(item int) error {
				select {
				case c <- item:
					return nil
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
			get := func() (int, error) {
				select {
				case item := <-c:
					return item, nil
				case <-ctx.Done():
					return 0, context.Cause(ctx)
				}
			}
			transfer(b, n, put, get)
		})
		orders := []struct {
			name string
			q    *queues.Queue[int]
		}{
			{"Queue", queues.New[int](places)},
			{"LIFO", queues.NewLIFO[int](places)},
			{"Priority", queues.NewPriority(places, func(a, b int) bool { return a < b })},
		}
		for _, order := range orders {
			b.Run(fmt.Sprintf("%dx%d/%s", n, n, order.name), func(b *testing.B) {
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				transfer(b, n,
					func(item int) error { return order.q.Put(ctx, item) },
					func() (int, error) { return order.q.Get(ctx) })
			})
		}
	}
}

// transfer has n goroutines put and n goroutines get.
func transfer(b *testing.B, n int, put func(int) error, get func() (int, error)) {
	b.Helper()
	const items = 40_000
	b.ReportAllocs()
	for b.Loop() {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				for i := range items / n {
					if err := put(i); err != nil {
						b.Error(err)
						return
					}
				}
			})
			wg.Go(func() {
				for range items / n {
					if _, err := get(); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*items), "ns/item")
}
