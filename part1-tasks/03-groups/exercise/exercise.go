// Package exercise is yours: write Map.
package exercise

import "context"

// Map calls f for each item of in, several at once, and returns what the calls
// returned, in the order of in. It does not change in.
//
//   - At most limit calls of f are under way at any time. They begin in the
//     order of in, and each as soon as there is room for it. A limit below 1 is
//     a mistake of the caller: Map panics, also if there are no items or ctx has
//     ended.
//   - The calls get contexts made from ctx, with its values.
//   - When a call returns an error, the contexts of the calls under way end,
//     with that error as their cause, and no further call begins. Map returns
//     no results and this first error, unchanged; what the other calls return
//     then does not matter.
//   - When ctx ends, so do the contexts of the calls under way, and no further
//     call begins. Map returns no results and context.Cause(ctx), whatever
//     errors the calls return then. On a ctx that has already ended, f is not
//     called at all. Only if each item has got its result all the same, Map
//     returns the results and no error; also if there are no items.
//   - Whichever comes first decides: an error is returned although ctx ends
//     while Map still waits, and the other way round. If both come at the same
//     instant, Map may return either.
//   - Map always waits for the calls that it has begun. When it returns, none
//     is under way and no goroutine or derived context is left, also while ctx is still alive.
//   - f does not panic; what a panic does is not Map's concern.
func Map[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	panic("not written yet")
}
