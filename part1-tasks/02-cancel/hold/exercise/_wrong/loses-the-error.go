//wrong: drops the error of giveBack
//want:  errors.Is does not find that error
//kind:  error lost

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
	cleanUp, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	_ = giveBack(cleanUp)
	return errors.Join(context.Cause(ctx))
}
