//wrong: counts the limit from the deadline of ctx, although ctx was cancelled long before
//want:  not after its limit of 1s
//kind:  timing

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
	end := time.Now()
	if d, ok := ctx.Deadline(); ok {
		end = d
	}
	cleanUp, cancel := context.WithDeadline(context.WithoutCancel(ctx), end.Add(limit))
	defer cancel()
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
