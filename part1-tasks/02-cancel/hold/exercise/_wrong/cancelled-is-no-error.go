//wrong: takes a cancellation without a cause for the normal end, and returns no error
//want:  so context.Cause(ctx) is context.Canceled, and Hold returned
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
	cause := context.Cause(ctx)
	if cause == context.Canceled {
		cause = nil // the normal end
	}
	return errors.Join(cause, giveBack(cleanUp))
}
