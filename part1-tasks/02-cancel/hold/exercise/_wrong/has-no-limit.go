//wrong: gives back without a limit
//want:  (0s: never), not after its limit of 1s
//kind:  unbounded

// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"errors"
	"time"
)

// Hold holds a seat until ctx ends, and then gives it back.
func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	<-ctx.Done()
	cleanUp := context.WithoutCancel(ctx)
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
