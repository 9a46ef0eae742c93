package tasks

import (
	"context"
	"sync"
)

// An Outcome is what one of several functions returned. Index is its place among the arguments.
type Outcome[T any] struct {
	Index int
	Value T
	Err   error
}

// Gather runs all fns at once, each in a goroutine of its own, waits until all have ended, and returns their values in the order of
// the arguments (asyncio.gather). Of no functions it returns an empty slice at once.
//
// The first error ends the context of the others, with that error as its cause; Gather waits for them (asyncio.gather does neither) and
// returns nil and that error, unchanged. Later errors, those of clean-up included, are dropped: where they matter, use a [Group]
// or [GatherAll].
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
	b := batch[T]{ctx: inner, fns: fns, end: func(o Outcome[T]) {
		if o.Err == nil {
			values[o.Index] = o.Value
			return
		}
		once.Do(func() {
			first = o.Err
			if onlyReports(ctx, first) {
				first = context.Cause(ctx)
			}
			cancel(first)
		})
	}}
	b.run()
	if first != nil {
		return nil, first
	}
	return values, nil
}

// GatherAll runs all fns at once, each in a goroutine of its own, waits until all have ended, and returns all outcomes in the order of
// the arguments (asyncio.gather with return_exceptions=True). No error cancels anything.
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
	b := batch[T]{ctx: ctx, fns: fns, end: func(o Outcome[T]) { outcomes[o.Index] = o }}
	b.run()
	return outcomes
}

// A batch is a number of functions that run at once.
type batch[T any] struct {
	ctx context.Context //nolint:containedctx // one for all functions, for one call
	fns []func(context.Context) (T, error)
	end func(Outcome[T]) // called in the goroutine of each function, when it has ended
	wg  sync.WaitGroup   // done after end
}

// start runs each function in a goroutine of its own.
func (b *batch[T]) start() {
	b.wg.Add(len(b.fns))
	for i := range b.fns {
		go b.call(i)
	}
}

// run runs all functions and waits until all have ended.
func (b *batch[T]) run() {
	b.start()
	b.wg.Wait()
}

// call is the goroutine of one function.
func (b *batch[T]) call(i int) {
	call(b.ctx, b.fns[i], func(value T, err error) {
		b.end(Outcome[T]{i, value, err})
		b.wg.Done()
	})
}

// check panics at the caller where the mistake is, and not in a goroutine that has lost sight of it.
func check[T any](ctx context.Context, name string, fns ...func(context.Context) (T, error)) {
	if ctx == nil {
		panic("tasks: " + name + " with a nil context")
	}
	for _, fn := range fns {
		if fn == nil {
			panic("tasks: " + name + " of a nil function")
		}
	}
}
