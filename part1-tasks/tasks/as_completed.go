package tasks

import (
	"context"
	"iter"
	"slices"
)

// AsCompleted returns a loop over the outcomes of fns in the order in which they end (asyncio.as_completed; CPython: test_as_completed). It yields exactly one
// outcome for each function, also after ctx has ended. For fewer at a time see [Limit].
//
// Nothing runs until the loop begins; then all fns run at once, each in a goroutine of its own. Each loop runs them anew. A function
// that has ended does not wait for the loop: its outcome is kept until the loop asks for it. An error cancels nothing.
//
// Leaving the loop early, also by a panic in its body, ends the contexts of those that still run and waits for them; their outcomes
// are dropped. When ctx ends, the contexts end as well, and the loop goes on with what the functions return then. On a ctx that has already
// ended when the loop begins no function starts, and the Err of each outcome is context.Cause(ctx).
func AsCompleted[T any](ctx context.Context, fns ...func(context.Context) (T, error)) iter.Seq[Outcome[T]] {
	check(ctx, "AsCompleted", fns...)
	fns = slices.Clone(fns) // they run later: the caller may have changed the slice by then
	return func(yield func(Outcome[T]) bool) {
		if ctx.Err() != nil {
			for i := range fns {
				if !yield(Outcome[T]{Index: i, Err: context.Cause(ctx)}) {
					return
				}
			}
			return
		}
		inner, cancel := context.WithCancel(ctx)
		outcomes := make(chan Outcome[T], len(fns)) // one for each: none waits for the loop
		b := batch[T]{fns: fns, end: func(o Outcome[T]) { outcomes <- o }}
		defer b.wg.Wait()
		defer cancel()
		b.start(inner)
		for range fns {
			if !yield(<-outcomes) {
				return
			}
		}
	}
}
