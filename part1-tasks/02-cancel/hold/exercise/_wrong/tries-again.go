//wrong: gives back a second time when the first one fails
//want:  giveBack was called a second time
//kind:  contract

// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"errors"
	"time"
)

func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	<-ctx.Done()
	cleanUp, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err := giveBack(cleanUp)
	if err != nil {
		err = errors.Join(err, giveBack(cleanUp))
	}
	return errors.Join(context.Cause(ctx), err)
}
