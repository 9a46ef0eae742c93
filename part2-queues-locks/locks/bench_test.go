package locks_test

import (
	"context"
	"sync"
	"testing"

	"golang.org/x/sync/semaphore"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// What does it cost that a Lock asks ctx first and could queue fairly, where it need do neither?
func BenchmarkUncontended(b *testing.B) {
	b.Run("sync.Mutex", func(b *testing.B) {
		b.ReportAllocs()
		var mu sync.Mutex
		for b.Loop() {
			mu.Lock()
			mu.Unlock() //nolint:staticcheck // it is the pair that is measured
		}
	})
	for name, ctx := range contexts(b) {
		b.Run("Lock/"+name, func(b *testing.B) {
			b.ReportAllocs()
			var l locks.Lock
			for b.Loop() {
				_ = l.Acquire(ctx)
				l.Release()
			}
		})
		b.Run("semaphore/"+name, func(b *testing.B) {
			b.ReportAllocs()
			s := semaphore.NewWeighted(1)
			for b.Loop() {
				_ = s.Acquire(ctx, 1)
				s.Release(1)
			}
		})
	}
}

// How long does an acquisition take while 16 goroutines want the lock and none holds it for long?
func BenchmarkContended(b *testing.B) {
	b.Run("sync.Mutex", func(b *testing.B) {
		var mu sync.Mutex
		contend(b, mu.Lock, mu.Unlock)
	})
	for name, ctx := range contexts(b) {
		b.Run("Lock/"+name, func(b *testing.B) {
			var l locks.Lock
			contend(b, func() { _ = l.Acquire(ctx) }, l.Release)
		})
		b.Run("semaphore/"+name, func(b *testing.B) {
			s := semaphore.NewWeighted(1)
			contend(b, func() { _ = s.Acquire(ctx, 1) }, func() { s.Release(1) })
		})
	}
}

func contend(b *testing.B, acquire, release func()) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(8)
	n := 0
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			acquire()
			n++
			release()
		}
	})
	if n != b.N {
		b.Fatalf("%d acquisitions were counted, not %d", n, b.N)
	}
}

// How long does it take to hand a turn to another goroutine and to get it back?
func BenchmarkPingPong(b *testing.B) {
	b.Run("sync.Cond", func(b *testing.B) {
		var mu sync.Mutex
		c := sync.NewCond(&mu)
		pingPong(b, mu.Lock, mu.Unlock, c.Wait, c.Signal)
	})
	for name, ctx := range contexts(b) {
		b.Run("Condition/"+name, func(b *testing.B) {
			c := locks.NewCondition(nil)
			pingPong(b, func() { _ = c.L.Acquire(ctx) }, c.L.Release, func() { _ = c.Wait(ctx) }, func() { c.Notify(1) })
		})
	}
}

func pingPong(b *testing.B, lock, unlock, wait, notify func()) {
	b.Helper()
	b.ReportAllocs()
	mine, over := true, false
	var wg sync.WaitGroup
	wg.Go(func() {
		lock()
		defer unlock()
		for !over {
			if mine {
				wait()
				continue
			}
			mine = true
			notify()
		}
	})
	lock()
	for b.Loop() {
		mine = false
		notify()
		for !mine {
			wait()
		}
	}
	over = true
	notify()
	unlock()
	wg.Wait()
}

// What does it cost to look at an event that is set?
func BenchmarkSet(b *testing.B) {
	ctx := b.Context()
	closed := make(chan struct{})
	close(closed)
	b.Run("close(chan)/select", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			select {
			case <-closed:
			case <-ctx.Done():
			}
		}
	})
	b.Run("close(chan)/receive", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			<-closed
		}
	})
	b.Run("Event", func(b *testing.B) {
		b.ReportAllocs()
		var e locks.Event
		e.Set()
		for b.Loop() {
			_ = e.Wait(ctx)
		}
	})
}

// How long does it take until 10,000 waiters have been woken and have ended?
func BenchmarkWake10000(b *testing.B) {
	b.Run("close(chan)/receive", func(b *testing.B) {
		wake(b, func() (wait, wake func()) {
			done := make(chan struct{})
			return func() { <-done }, func() { close(done) }
		})
	})
	for name, ctx := range contexts(b) {
		b.Run("close(chan)/select/"+name, func(b *testing.B) {
			wake(b, func() (wait, wake func()) {
				done := make(chan struct{})
				return func() {
					select {
					case <-done:
					case <-ctx.Done():
					}
				}, func() { close(done) }
			})
		})
		b.Run("Event/"+name, func(b *testing.B) {
			wake(b, func() (wait, wake func()) {
				var e locks.Event
				return func() { _ = e.Wait(ctx) }, e.Set
			})
		})
	}
}

func wake(b *testing.B, prepare func() (wait, wake func())) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		wait, wake := prepare()
		var begun, ended sync.WaitGroup
		begun.Add(10_000)
		for range 10_000 {
			ended.Go(func() {
				begun.Done()
				wait()
			})
		}
		begun.Wait()
		b.StartTimer()
		wake()
		ended.Wait()
	}
}

// contexts yields one that cannot end and one that can: to wait on the second, one must be ready for two things.
func contexts(b *testing.B) func(yield func(string, context.Context) bool) {
	b.Helper()
	return func(yield func(string, context.Context) bool) {
		_ = yield("background", context.Background()) && yield("cancellable", b.Context())
	}
}
