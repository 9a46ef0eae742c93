package tasks_test

import (
	"context"
	"testing"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// What does a limit cost, over that of errgroup?
func BenchmarkLimit(b *testing.B) {
	const n, limit = 1000, 8
	nothing := func(context.Context) error { return nil }
	b.Run("tasks", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g, _ := tasks.NewGroup(b.Context())
			g.SetLimit(limit)
			for range n {
				_ = g.Go(nothing)
			}
			if err := g.Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("errgroup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g, ctx := errgroup.WithContext(b.Context())
			g.SetLimit(limit)
			for range n {
				g.Go(func() error { return nothing(ctx) })
			}
			if err := g.Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
	// The gather of a thousand, eight at a time; beside it an errgroup that fills a slice.
	fns := make([]func(context.Context) (int, error), n)
	for i := range fns {
		fns[i] = answer
	}
	b.Run("gather/tasks", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tasks.Gather(b.Context(), tasks.Limit(limit, fns...)...); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gather/errgroup", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g, ctx := errgroup.WithContext(b.Context())
			g.SetLimit(limit)
			values := make([]int, n)
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
}
