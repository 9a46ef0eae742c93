//wrong: recovers a panic of giveBack
//want:  the caller of Hold heard nothing of it
//kind:  contract

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
	defer func() { _ = recover() }()
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
