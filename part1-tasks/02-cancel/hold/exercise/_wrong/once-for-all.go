//wrong: gives back through a sync.Once of the package, so that only the first Hold of a program does
//want:  giveBack was called 0 times, not once
//kind:  contract

// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

var once sync.Once

// Hold holds a seat until ctx ends, and then gives it back.
func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	<-ctx.Done()
	cleanUp, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	var err error
	once.Do(func() { err = giveBack(cleanUp) })
	return errors.Join(context.Cause(ctx), err)
}
