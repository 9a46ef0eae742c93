//wrong: returns ctx.Err, which does not say why
//want:  errors.Is does not find context.Cause(ctx)
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
	return errors.Join(ctx.Err(), giveBack(cleanUp))
}
