package tasks

import (
	"context"
	"errors"
	"sync"
)

// Race runs all fns at once, each in a goroutine of its own, and returns the outcome of the first that succeeds. It ends the contexts of
// the others and waits for them before it returns; what they return is dropped. (asyncio has no such call: it is
// asyncio.wait with FIRST_COMPLETED in a loop. aiotools: race with continue_on_error.) A success counts also when
// ctx has ended meanwhile. Race of no functions panics.
//
// If all fail, Race returns a zero Outcome and all errors, joined ([errors.Join]) in the order of the arguments. When ctx ends, so do
// the contexts of the functions; errors that only report this are left out, and context.Cause(ctx) stands for them, joined as the last, or alone if
// there is no other. On a ctx that has already ended no function starts, and Race returns context.Cause(ctx).
func Race[T any](ctx context.Context, fns ...func(context.Context) (T, error)) (Outcome[T], error) {
	check(ctx, "Race", fns...)
	if len(fns) == 0 {
		panic("tasks: Race of no functions")
	}
	if ctx.Err() != nil {
		return Outcome[T]{}, context.Cause(ctx)
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		once   sync.Once
		winner *Outcome[T]
		errs   = make([]error, len(fns))
	)
	b := batch[T]{ctx: inner, fns: fns, end: func(o Outcome[T]) {
		if o.Err != nil {
			errs[o.Index] = o.Err
			return
		}
		once.Do(func() {
			winner = &o
			cancel()
		})
	}}
	b.run()
	if winner != nil {
		return *winner, nil
	}
	return Outcome[T]{}, joinFailures(ctx, errs)
}

// joinFailures joins errs; one that only reports the end of ctx gives way to the cause, which comes last.
func joinFailures(ctx context.Context, errs []error) error {
	var failures []error
	for _, err := range errs {
		if !onlyReports(ctx, err) {
			failures = append(failures, err)
		}
	}
	if len(failures) == 0 {
		return context.Cause(ctx)
	}
	if len(failures) < len(errs) {
		failures = append(failures, context.Cause(ctx))
	}
	return errors.Join(failures...)
}
