//right: context.AfterFunc makes the context when ctx ends

// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"errors"
	"time"
)

// Hold holds a seat until ctx ends, and then gives it back.
func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	ended := make(chan context.Context)
	context.AfterFunc(ctx, func() { ended <- context.WithoutCancel(ctx) })
	cleanUp, cancel := context.WithTimeout(<-ended, limit)
	defer cancel()
	if err := giveBack(cleanUp); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	return context.Cause(ctx)
}
