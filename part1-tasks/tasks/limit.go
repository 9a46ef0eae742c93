package tasks

import (
	"context"
	"fmt"
)

// Limit returns functions that do what fns do, at most n of them at a time (asyncio: a Semaphore round each coroutine). They are made
// for the calls that run many at once:
//
//	pages, err := tasks.Gather(ctx, tasks.Limit(10, fetches...)...)
//
// A function that waits for a place has not begun. When its context ends first, it returns context.Cause of that context, and the function in fns
// is never called. A place that becomes free goes to the function that has waited longest. Gather and the like start
// their goroutines in no order, so the functions also begin in no order. A function that fails gives its place back a moment before
// Gather can end the context of the rest: the next one may still begin, on a context that ends at once.
//
// The places belong to the functions returned: two calls that run them at the same time share the n places. A function that calls another one of
// them waits for a place while it holds one. Limit panics if n < 1 or a function is nil.
//
// Each waiting function is a goroutine. To feed thousands, use a [Group] with a limit: there the caller waits.
func Limit[T any](n int, fns ...func(context.Context) (T, error)) []func(context.Context) (T, error) {
	if n < 1 {
		panic(fmt.Sprintf("tasks: Limit of %d", n))
	}
	checkFuncs("Limit", fns)
	l := make(limit, n)
	limited := make([]func(context.Context) (T, error), len(fns))
	for i, fn := range fns {
		limited[i] = func(ctx context.Context) (T, error) {
			if !l.take(ctx) {
				var none T
				return none, context.Cause(ctx)
			}
			defer l.free()
			return fn(ctx)
		}
	}
	return limited
}

// A limit has one slot for each function that may run; a nil limit is none. A channel serves its senders first come, first served.
type limit chan struct{}

// take waits for a place, or until ctx ends. When both come at once, ctx wins and the place goes to the next.
func (l limit) take(ctx context.Context) bool {
	if l == nil {
		return true
	}
	select {
	case l <- struct{}{}:
		if ctx.Err() == nil {
			return true
		}
		l.free()
	case <-ctx.Done():
	}
	return false
}

// free gives a place back.
func (l limit) free() {
	if l != nil {
		<-l
	}
}
