package locks_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// In CPython, test_acquire_cancel and test_wait_cancel see that the list of waiters is empty; here, that the heap is.
func TestCancelledWaitersLeaveTheHeapAsItWas(t *testing.T) {
	var l locks.Lock
	require.True(t, l.TryAcquire())
	var e locks.Event
	c := locks.NewCondition(nil)
	b := locks.NewBarrier(1_000_000)
	waits := map[string]func(context.Context){
		"Lock":    func(ctx context.Context) { _ = l.Acquire(ctx) },
		"Event":   func(ctx context.Context) { _ = e.Wait(ctx) },
		"Barrier": func(ctx context.Context) { _, _ = b.Wait(ctx) },
		"Condition": func(ctx context.Context) {
			if c.L.Acquire(ctx) == nil {
				defer c.L.Release()
				_ = c.Wait(ctx)
			}
		},
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cancelled := func(waiters int) {
					ctx, cancel := context.WithCancel(t.Context())
					var wg sync.WaitGroup
					for range waiters {
						wg.Go(func() { wait(ctx) })
					}
					synctest.Wait()
					cancel()
					wg.Wait()
				}
				cancelled(1000) // so that the runtime has its goroutines, which it keeps
				before := heap()
				rounds := 10
				if *long {
					rounds = 250
				}
				for range rounds {
					cancelled(1000)
				}
				noise := uint64(10 * 1000 * rounds) // no waiter is as small as 10 bytes
				require.Less(t, heap(), before+noise, "something is kept of cancelled waiters")
			})
		})
	}
	runtime.KeepAlive([]any{&l, &e, c, b})
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the first one only empties the pools
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
