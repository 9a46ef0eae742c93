// Package exercise is yours: write Every.
package exercise

import (
	"context"
	"time"
)

// Every calls f once each interval: first when one interval has passed, then
// when two have, and so on, until ctx ends or f returns an error.
//
//   - It returns context.Cause(ctx) when ctx ends, and f's error when f returns
//     one; f is not called again.
//   - f runs one call at a time and gets ctx. It is never called when ctx has
//     ended, not even when a call falls due at that same instant.
//   - The calls do not drift: however long f takes, the next call falls due on
//     a whole multiple of interval. What falls due while f runs is made up for
//     by one call, right after it.
//   - Every leaves nothing behind: when it returns, no call of f is under way
//     and no goroutine is left.
func Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {
	panic("not written yet")
}
