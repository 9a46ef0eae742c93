//wrong: ctx was cancelled before its deadline, and giveBack must be done by that deadline, too
//want:  the deadline of ctx does not matter any more
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
	<-ctx.Done()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	if d, ok := ctx.Deadline(); ok && d.After(time.Now()) {
		last, cancel = context.WithDeadline(last, d)
		defer cancel()
	}
	err := giveBack(last)
	return errors.Join(context.Cause(ctx), err)
}
