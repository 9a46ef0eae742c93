// Package exercise is yours: write Pipeline.
package exercise

import "context"

// Pipeline takes items from in, gives each to work, several at once, and what
// work makes of it to emit.
//
//   - At most workers calls of work are under way at any time; workers is at
//     least 1. What there is no room for stays in the channel: beside the
//     result that emit is busy with, Pipeline never holds more than workers
//     items, counting those at work and those whose result waits for emit.
//   - emit gets each result as soon as it is there, whatever the order of in.
//     It is called on the goroutine that has called Pipeline, and so one call
//     at a time. The calls of work go on meanwhile.
//   - When in is closed and emit has had the result of each item, Pipeline
//     returns nil.
//   - A call of work or emit that returns an error breaks the pipeline, and so
//     does the end of ctx. Then the contexts of the calls of work under way end,
//     with that error or the cause of ctx as their cause; no further call of
//     work or emit begins, and results that emit has not had are dropped.
//     Pipeline returns what broke it first: the error, unchanged, or
//     context.Cause(ctx).
//   - A broken pipeline takes nothing more from in, which may stay open for
//     ever. A sender that waits there is for the caller to stop.
//   - Pipeline always waits for the calls that it has begun. When it returns,
//     none is under way and no goroutine is left.
func Pipeline[In, Out any](ctx context.Context, workers int, in <-chan In,
	work func(context.Context, In) (Out, error), emit func(Out) error,
) error {
	panic("not written yet")
}
