//wrong: holds a lock of the package while giveBack runs, so that a second seat waits for the first
//want:  a goroutine waits for a mutex that another one holds while it waits
//kind:  deadlock

// Package exercise is yours: write Hold.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

var one sync.Mutex

// Hold holds a seat until ctx ends, and then gives it back.
func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	<-ctx.Done()
	cleanUp, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	one.Lock()
	defer one.Unlock()
	return errors.Join(context.Cause(ctx), giveBack(cleanUp))
}
