//wrong: returns when the limit is over, although giveBack still runs
//want:  it must wait until giveBack has returned
//kind:  leak

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
	type result struct {
		err      error
		panicked any
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() { r.panicked = recover(); done <- r }()
		r.err = giveBack(cleanUp)
	}()
	select {
	case r := <-done:
		if r.panicked != nil {
			panic(r.panicked)
		}
		return errors.Join(context.Cause(ctx), r.err)
	case <-cleanUp.Done():
		return errors.Join(context.Cause(ctx), cleanUp.Err())
	}
}
