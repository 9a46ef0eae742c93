package tasks

import (
	"context"
	"sync"
)

// A batch is a number of functions that run at once.
type batch[T any] struct {
	fns []func(context.Context) (T, error)
	end func(Outcome[T]) // called in the goroutine of each function, when it has ended
	wg  sync.WaitGroup   // done after end
}

// start runs each function in a goroutine of its own.
func (b *batch[T]) start(ctx context.Context) {
	b.wg.Add(len(b.fns))
	for i := range b.fns {
		go b.call(ctx, i)
	}
}

// run runs all functions and waits until all have ended.
func (b *batch[T]) run(ctx context.Context) {
	b.start(ctx)
	b.wg.Wait()
}

// call is the goroutine of one function.
func (b *batch[T]) call(ctx context.Context, i int) {
	o := Outcome[T]{Index: i, Err: errGoexit} // unless the function returns
	defer unlessPanic(func() {
		b.end(o)
		b.wg.Done()
	})
	o.Value, o.Err = b.fns[i](ctx)
}

// check panics at the caller where the mistake is, and not in a goroutine that has lost sight of it.
func check[T any](ctx context.Context, name string, fns ...func(context.Context) (T, error)) {
	if ctx == nil {
		panic("tasks: " + name + " with a nil context")
	}
	checkFuncs(name, fns)
}

func checkFuncs[T any](name string, fns []func(context.Context) (T, error)) {
	for _, fn := range fns {
		if fn == nil {
			panic("tasks: " + name + " of a nil function")
		}
	}
}
