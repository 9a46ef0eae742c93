// Package exercise is yours: write Merge.
package exercise

import (
	"context"
	"iter"
)

// A Source gives a stream of values in ascending order. It may wait for each
// value, and ends early when ctx ends. A source that fails yields an error, as its last
// pair.
type Source[T any] func(ctx context.Context) iter.Seq2[T, error]

// Merge makes one stream of several: it yields the values of all sources in
// ascending order, as compare orders them.
//
//   - Of two equal values the one of the earlier source comes first. Values of one
//     source keep their order.
//   - The sources are read side by side. A value is yielded as soon as each source
//     has given its next value or has ended.
//   - Merge holds at most one value of each source. It asks a source for the next one
//     only when it yields the value that it holds, and at that instant: the
//     source goes on while the loop's body runs.
//   - If a source yields an error while Merge waits for values, any error, Merge yields
//     the zero value of T with that error, unchanged, and ends. It does so at once,
//     also if it waits for other sources; it drops the values that it holds.
//   - If ctx ends, Merge yields the zero value with context.Cause(ctx), at once when it
//     waits, otherwise when the loop's body has run, and ends. From the end of
//     ctx on it yields nothing else. On a ctx that has already ended, it calls no source.
//     If ctx ends at the instant at which an error comes or the last source ends,
//     either may win.
//   - Each source gets a context made from ctx, with its values. That context ends when
//     the loop is left early, by break, return or panic, and when Merge ends with an error.
//   - The loop ends only when all sources have returned, and then no goroutine or derived context of
//     Merge is left, also while ctx is alive.
//   - Merge itself calls nothing. Each range over its result calls all sources anew.
//   - Sources and compare do not panic. If the loop's body does, the panic goes on
//     when all sources have returned.
func Merge[T any](ctx context.Context, compare func(a, b T) int, sources ...Source[T]) iter.Seq2[T, error] {
	panic("not written yet")
}
