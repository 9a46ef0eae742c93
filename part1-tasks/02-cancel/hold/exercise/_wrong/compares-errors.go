//wrong: compares the error of giveBack with the cause by ==, which panics on errors of a type that cannot be compared
//want:  comparing uncomparable type
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
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err := giveBack(last)
	if cause := context.Cause(ctx); err == cause {
		return cause
	}
	return errors.Join(context.Cause(ctx), err)
}
