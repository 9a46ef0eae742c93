package tasks

import (
	"context"
	"sync"

	"example.com/asyncio-to-go/part1-tasks/report"
)

// An Outcome is what one of several functions returned. Index is its place among the arguments.
type Outcome[T any] struct {
	Index int
	Value T
	Err   error
}

// Gather runs all fns at once, each in a goroutine of its own, waits until all have ended, and returns their values in the order of
// the arguments (asyncio.gather). Of no functions it returns an empty slice at once. For fewer at a time see [Limit].
//
// The first error ends the context of the rest, with a cause that wraps it; Gather waits for them (asyncio.gather does neither) and
// returns nil and that error, unchanged. Later errors, those of clean-up included, and all values are dropped: where they matter, as
// connections that have to be closed do, use a [Group] or [GatherAll].
//
// When ctx ends, so do the contexts of the functions, and nothing else ends the wait early. If the first error then only reports
// this, Gather returns context.Cause(ctx). If all functions return values all the same, the answer is complete and Gather returns it.
// On a ctx that has already ended no function starts, and Gather returns context.Cause(ctx).
func Gather[T any](ctx context.Context, fns ...func(context.Context) (T, error)) ([]T, error) {
	check(ctx, "Gather", fns...)
	values := make([]T, len(fns))
	if len(fns) == 0 {
		return values, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		once  sync.Once
		first error
	)
	b := batch[T]{fns: fns, end: func(o Outcome[T]) {
		if o.Err == nil {
			values[o.Index] = o.Value
			return
		}
		once.Do(func() {
			first = o.Err
			if report.Only(first, ctx) {
				first = context.Cause(ctx)
			}
			cancel(&firstError{first})
		})
	}}
	b.run(inner)
	if first != nil {
		return nil, first
	}
	return values, nil
}

// GatherAll runs all fns at once, each in a goroutine of its own, waits until all have ended, and returns all outcomes in the order of
// the arguments (asyncio.gather with return_exceptions=True). No error cancels anything. For fewer at a time see [Limit].
//
// When ctx ends, so do the contexts of the functions, and nothing else ends the wait early. On a ctx that has already
// ended no function starts, and the Err of each outcome is context.Cause(ctx).
func GatherAll[T any](ctx context.Context, fns ...func(context.Context) (T, error)) []Outcome[T] {
	check(ctx, "GatherAll", fns...)
	outcomes := make([]Outcome[T], len(fns))
	if ctx.Err() != nil {
		for i := range outcomes {
			outcomes[i] = Outcome[T]{Index: i, Err: context.Cause(ctx)}
		}
		return outcomes
	}
	b := batch[T]{fns: fns, end: func(o Outcome[T]) { outcomes[o.Index] = o }}
	b.run(ctx)
	return outcomes
}
