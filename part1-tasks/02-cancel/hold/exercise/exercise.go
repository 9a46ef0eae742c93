// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"time"
)

// Hold holds a seat until ctx ends, and then gives it back.
//
//   - When ctx ends, Hold calls giveBack, once, and waits until it has returned.
//     If ctx has ended before, it does so at once.
//   - giveBack gets a context that has the values of ctx, is alive, and ends after
//     limit, which is positive, or when giveBack has returned or panicked.
//   - Hold returns an error that is context.Cause(ctx) and, if giveBack fails, also
//     the error of giveBack, both for errors.Is. It leaves no goroutine behind, and
//     a panic of giveBack goes on to the caller of Hold.
func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	panic("not written yet")
}
