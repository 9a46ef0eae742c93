//wrong: does not call cancel, so that a timer runs on
//want:  its cancel was not called
//kind:  leak

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
	cleanUp, _ := context.WithTimeout(context.WithoutCancel(ctx), limit)
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
