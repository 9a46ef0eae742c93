//wrong: gives back under context.Background
//want:  has not the values of ctx
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
	cleanUp, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
