package tasks_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

func answer(context.Context) (int, error) { return 42, nil }

// parked returns a function that waits for its context, having told wg so.
func parked(wg *sync.WaitGroup) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		done := ctx.Done()
		wg.Done()
		<-done
		return 0, ctx.Err()
	}
}

// What does a task cost over a goroutine that sends its result? With a context that can end, the task's Wait is a select; the
// plain receive beside it is not, and cannot give up. The channel that can do what a task does stands beside it too.
func BenchmarkGoWait(b *testing.B) {
	type result struct {
		value int
		err   error
	}
	for name, ctx := range map[string]context.Context{"background": context.Background(), "cancellable": b.Context()} {
		b.Run(name+"/tasks", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tasks.Go(ctx, answer).Wait(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/channel", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := make(chan result, 1) // the goroutine ends even if nothing receives
				go func() {
					value, err := answer(ctx)
					c <- result{value, err}
				}()
				if r := <-c; r.err != nil {
					b.Fatal(r.err)
				}
			}
		})
		b.Run(name+"/channel-select", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := make(chan result, 1)
				go func() {
					value, err := answer(ctx)
					c <- result{value, err}
				}()
				select {
				case r := <-c:
					if r.err != nil {
						b.Fatal(r.err)
					}
				case <-ctx.Done():
					b.Fatal(ctx.Err())
				}
			}
		})
		b.Run(name+"/channel-select-cancel", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				own, cancel := context.WithCancelCause(ctx)
				c := make(chan result, 1)
				go func() {
					defer cancel(nil)
					value, err := answer(own)
					c <- result{value, err}
				}()
				select {
				case r := <-c:
					if r.err != nil {
						b.Fatal(r.err)
					}
				case <-ctx.Done():
					b.Fatal(ctx.Err())
				}
			}
		})
	}
}

// What does a group cost that keeps every error and closes, over one that keeps the first?
func BenchmarkGroup(b *testing.B) {
	nothing := func(context.Context) error { return nil }
	for _, n := range []int{1, 10, 1000} {
		b.Run(fmt.Sprintf("n=%d/tasks", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g, _ := tasks.NewGroup(b.Context())
				for range n {
					_ = g.Go(nothing)
				}
				if err := g.Wait(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("n=%d/errgroup", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g, ctx := errgroup.WithContext(b.Context())
				for range n {
					g.Go(func() error { return nothing(ctx) })
				}
				if err := g.Wait(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("n=%d/conc", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p := pool.New().WithContext(b.Context()).WithCancelOnError()
				for range n {
					p.Go(nothing)
				}
				if err := p.Wait(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What does Gather cost over an errgroup that fills a slice?
func BenchmarkGather100(b *testing.B) {
	fns := make([]func(context.Context) (int, error), 100)
	for i := range fns {
		fns[i] = answer
	}
	b.Run("tasks", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tasks.Gather(b.Context(), fns...); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("errgroup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g, ctx := errgroup.WithContext(b.Context())
			values := make([]int, len(fns))
			for i, fn := range fns {
				g.Go(func() (err error) {
					values[i], err = fn(ctx)
					return err
				})
			}
			if err := g.Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("conc", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p := pool.NewWithResults[int]().WithContext(b.Context()).WithCancelOnError()
			for _, fn := range fns {
				p.Go(fn)
			}
			if _, err := p.Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// What does it cost that each of 10,000 can be cancelled alone and has an outcome, over one context for all? From the
// first go to the end of the last.
func BenchmarkCancel10000(b *testing.B) {
	const n = 10_000
	b.Run("tasks", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			lifetime(b, n)
		}
	})
	b.Run("waitgroup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sharedLifetime(b, n)
		}
	})
	b.Run("channels", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			lifetimeByHand(b, n)
		}
	})
}

// lifetime starts n tasks, cancels them when all wait, and waits for them.
func lifetime(b *testing.B, n int) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	var waiting sync.WaitGroup
	waiting.Add(n)
	fn := parked(&waiting)
	all := make([]*tasks.Task[int], n)
	for i := range all {
		all[i] = tasks.Go(ctx, fn)
	}
	waiting.Wait()
	cancel()
	for _, task := range all {
		_, _ = task.Wait(b.Context())
	}
}

// lifetimeByHand does the same with what a task replaces: a goroutine, a context and a channel for each.
func lifetimeByHand(b *testing.B, n int) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	var waiting sync.WaitGroup
	waiting.Add(n)
	fn := parked(&waiting)
	all := make([]chan error, n)
	for i := range all {
		own, stop := context.WithCancelCause(ctx)
		all[i] = make(chan error, 1) // the goroutine ends even if nothing receives
		go func() {
			defer stop(nil)
			_, err := fn(own)
			all[i] <- err
		}()
	}
	waiting.Wait()
	cancel()
	for _, c := range all {
		<-c
	}
}

// sharedLifetime does the same with goroutines that share one context and have no outcome.
func sharedLifetime(b *testing.B, n int) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	var waiting, wg sync.WaitGroup
	waiting.Add(n)
	fn := parked(&waiting)
	for range n {
		wg.Go(func() { _, _ = fn(ctx) })
	}
	waiting.Wait()
	cancel()
	wg.Wait()
}

// What does a task weigh that waits for its context, over a goroutine that does?
func BenchmarkParked(b *testing.B) {
	const n = 10_000
	// begin starts n functions and returns a call that waits for them.
	weigh := func(b *testing.B, begin func(ctx context.Context, fn func(context.Context) (int, error)) (end func())) {
		b.Helper()
		var bytes int64
		for b.Loop() {
			ctx, cancel := context.WithCancel(b.Context())
			var waiting sync.WaitGroup
			waiting.Add(n)
			before := inUse()
			end := begin(ctx, parked(&waiting))
			waiting.Wait()
			bytes += inUse() - before
			cancel()
			end()
		}
		b.ReportMetric(float64(bytes)/float64(b.N)/n, "bytes/task")
	}
	goroutines := func(ctx context.Context, fn func(context.Context) (int, error)) func() {
		var wg sync.WaitGroup
		wg.Add(n)
		for range n {
			go func() { defer wg.Done(); _, _ = fn(ctx) }()
		}
		return wg.Wait
	}
	goroutines(b.Context(), answer)() // what the runtime keeps for goroutines, it keeps from here on
	b.Run("tasks", func(b *testing.B) {
		weigh(b, func(ctx context.Context, fn func(context.Context) (int, error)) func() {
			all := make([]*tasks.Task[int], n)
			for i := range all {
				all[i] = tasks.Go(ctx, fn)
			}
			return func() {
				for _, task := range all {
					<-task.Done()
				}
			}
		})
	})
	b.Run("goroutine", func(b *testing.B) { weigh(b, goroutines) })
}

// inUse is what the heap and the stacks take.
func inUse() int64 {
	runtime.GC() // frees the stacks of those that have ended
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// Does the time for each task stay the same, however many there are? What the caches and the collector take from goroutines
// when there are many, they take from tasks too.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
		for name, run := range map[string]func(*testing.B, int){"tasks": lifetime, "channels": lifetimeByHand, "waitgroup": sharedLifetime} {
			b.Run(fmt.Sprintf("n=%d/%s", n, name), func(b *testing.B) {
				for b.Loop() {
					run(b, n)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/task")
			})
		}
	}
}
