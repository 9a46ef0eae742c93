package supervisor_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

func nothing(context.Context) error { return nil }

// What does a task cost that has a name, may fail alone and may panic, over a function of an errgroup? From New to the end of the last.
func BenchmarkGo(b *testing.B) {
	for _, n := range []int{1, 10, 1000} {
		b.Run(fmt.Sprintf("n=%d/supervisor", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := supervisor.New(b.Context())
				for range n {
					_ = s.Go("nothing", nothing)
				}
				if err := s.Stop(b.Context(), nil); err != nil {
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
	}
}

// The same for one that lives long: what does one more task cost?
func BenchmarkGoOneMore(b *testing.B) {
	b.Run("supervisor", func(b *testing.B) {
		b.ReportAllocs()
		s := supervisor.New(b.Context())
		for b.Loop() {
			_ = s.Go("nothing", nothing)
		}
		_ = s.Stop(b.Context(), nil)
	})
	b.Run("errgroup", func(b *testing.B) {
		b.ReportAllocs()
		g, ctx := errgroup.WithContext(b.Context())
		for b.Loop() {
			g.Go(func() error { return nothing(ctx) })
		}
		_ = g.Wait()
	})
}

// parked returns a function that waits for its context, having told wg so.
func parked(wg *sync.WaitGroup) func(context.Context) error {
	return func(ctx context.Context) error {
		done := ctx.Done()
		wg.Done()
		<-done
		return ctx.Err()
	}
}

// What does it cost to stop 10,000 tasks, over an errgroup whose context is cancelled? Only the stopping is timed, then all of it.
func BenchmarkStop10000(b *testing.B) {
	const n = 10_000
	begin := map[string]func(ctx context.Context, fn func(context.Context) error) (stop func()){
		"supervisor": func(ctx context.Context, fn func(context.Context) error) func() {
			s := supervisor.New(ctx)
			for range n {
				_ = s.Go("parked", fn)
			}
			return func() { _ = s.Stop(ctx, nil) }
		},
		"errgroup": func(ctx context.Context, fn func(context.Context) error) func() {
			ctx, cancel := context.WithCancel(ctx)
			g, ctx := errgroup.WithContext(ctx)
			for range n {
				g.Go(func() error { return fn(ctx) })
			}
			return func() { cancel(); _ = g.Wait() }
		},
	}
	for _, part := range []string{"stop", "all"} {
		for _, name := range []string{"supervisor", "errgroup"} {
			b.Run(part+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if part == "stop" {
						b.StopTimer()
					}
					var waiting sync.WaitGroup
					waiting.Add(n)
					stop := begin[name](b.Context(), parked(&waiting))
					waiting.Wait()
					b.StartTimer()
					stop()
				}
			})
		}
	}
}
