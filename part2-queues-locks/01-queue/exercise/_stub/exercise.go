// Package exercise is yours: write Pipeline.
package exercise

import "context"

// Pipeline takes items from in, calls work with each, several at once, and calls
// emit with each result.
//
//   - At most workers calls of work are under way at any time; workers is at
//     least 1. Pipeline takes an item only when it can call work with it at once.
//     Beside the result that emit is busy with, it never holds more items than
//     workers: those at work and those whose results wait for emit.
//   - emit gets each result as soon as it is there, whatever the order of in. If
//     several results wait for emit, they may come in any order.
//   - Pipeline calls emit on the goroutine that called Pipeline, and so one call
//     at a time. Calls of work go on meanwhile. You decide whether new ones begin
//     while emit is busy.
//   - When in is closed and emit has had the result of each item, Pipeline
//     returns nil.
//   - If a call of work or emit returns an error, any error, it breaks the
//     pipeline. So does the end of ctx. Then the contexts of the calls of work under
//     way end, with that error or the cause of ctx as their cause. No further
//     call of work or emit begins, and Pipeline drops the results that emit has
//     not had. It returns what broke it first: the error, unchanged, or
//     context.Cause(ctx). If two come at the same instant, either is right.
//   - On a ctx that has already ended, Pipeline calls nothing and returns the
//     cause. If ctx ends when nothing is left to do but to return from the last
//     call of emit, nil and the cause are both right.
//   - The calls of work get contexts made from ctx, with its values.
//   - A broken pipeline takes nothing more from in, which may stay open without
//     end. A goroutine that waits to send there is for the caller to stop.
//   - Pipeline always waits for the calls that it has begun. When it returns,
//     none is under way and no goroutine or derived context is left, also while ctx is still alive.
//   - work and emit do not panic; what a panic does is not Pipeline's concern.
//
// Hold no mutex while you wait for an item or for emit: the tests' virtual clock
// stands still while another goroutine waits for that mutex.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	panic("not written yet")
}
