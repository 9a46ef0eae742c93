//wrong: begins the limit when Hold is called, not when ctx ends
//want:  giveBack got a context that has ended
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
	cleanUp, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	<-ctx.Done()
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
