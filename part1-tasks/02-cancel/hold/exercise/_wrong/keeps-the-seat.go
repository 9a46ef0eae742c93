//wrong: ctx had ended before the call: returns the cause and gives nothing back
//want:  and giveBack was called 0 times, not once
//kind:  work lost

// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"errors"
	"time"
)

func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	<-ctx.Done()
	cleanUp, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
