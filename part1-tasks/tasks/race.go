package tasks

import (
	"context"
	"errors"
	"slices"
	"sync"

	"example.com/asyncio-to-go/part1-tasks/report"
)

// Race runs all fns at once, each in a goroutine of its own, and returns the outcome of the first that succeeds. It ends the contexts of
// the rest and waits for them before it returns; what they return is dropped (see [RaceFunc]). asyncio has no such call: it is
// asyncio.wait with FIRST_COMPLETED in a loop. aiotools: race with continue_on_error. A success counts also when
// ctx has ended meanwhile. Race of no functions panics.
//
// If all fail, Race returns a zero Outcome and all errors, joined ([errors.Join]) in the order of the arguments. When ctx ends, so do
// the contexts of the functions; errors that only report this are left out, and context.Cause(ctx) stands for them, joined as the last, or alone if
// there is no other. On a ctx that has already ended no function starts, and Race returns context.Cause(ctx).
func Race[T any](ctx context.Context, fns ...func(context.Context) (T, error)) (Outcome[T], error) {
	return race(ctx, "Race", func(T) {}, fns)
}

// RaceFunc is [Race] for values that have to be closed: it calls late with the value of each function that succeeded when another one had
// already won, as two connections may be opened before either dial is canceled.
//
// late is called in the goroutine of that function, so several calls may overlap, and the last has returned before RaceFunc does.
// RaceFunc panics if late is nil.
func RaceFunc[T any](ctx context.Context, late func(T), fns ...func(context.Context) (T, error)) (Outcome[T], error) {
	if late == nil {
		panic("tasks: RaceFunc with a nil function for late values")
	}
	return race(ctx, "RaceFunc", late, fns)
}

func race[T any](ctx context.Context, name string, late func(T), fns []func(context.Context) (T, error)) (Outcome[T], error) {
	check(ctx, name, fns...)
	if len(fns) == 0 {
		panic("tasks: " + name + " of no functions")
	}
	if ctx.Err() != nil {
		return Outcome[T]{}, context.Cause(ctx)
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu     sync.Mutex // guards winner
		winner *Outcome[T]
	)
	wins := func(o Outcome[T]) bool {
		mu.Lock()
		defer mu.Unlock()
		if winner != nil {
			return false
		}
		winner = &o
		return true
	}
	racers := make([]func(context.Context) (T, error), len(fns))
	for i, fn := range fns {
		racers[i] = func(ctx context.Context) (T, error) {
			value, err := fn(ctx)
			if err != nil {
				return value, err
			}
			if wins(Outcome[T]{Index: i, Value: value}) {
				cancel()
			} else {
				late(value) // here, so that a panic or Goexit of it is one of the function
			}
			return value, nil
		}
	}
	errs := make([]error, len(fns)) // nil where a function only reported the end of ctx
	b := batch[T]{fns: racers, end: func(o Outcome[T]) {
		if !report.Only(o.Err, ctx) {
			errs[o.Index] = o.Err
		}
	}}
	b.run(inner)
	if winner != nil {
		return *winner, nil
	}
	return Outcome[T]{}, allLost(ctx, errs)
}

// allLost is the error of a race without a winner.
func allLost(ctx context.Context, errs []error) error {
	failures := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err == nil })
	if len(failures) == 0 {
		return context.Cause(ctx)
	}
	if len(failures) < len(errs) {
		failures = append(failures, context.Cause(ctx))
	}
	return errors.Join(failures...)
}
