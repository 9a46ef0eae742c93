//right: an error type of its own that unwraps to both, and a timer that cancels

// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"fmt"
	"time"
)

// Hold holds a seat until ctx ends, and then gives it back.
func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	select {
	case <-ctx.Done():
	}
	cleanUp, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer time.AfterFunc(limit, cancel).Stop()
	if err := giveBack(cleanUp); err != nil {
		return fmt.Errorf("%w; the seat stays taken: %w", context.Cause(ctx), err)
	}
	return context.Cause(ctx)
}
