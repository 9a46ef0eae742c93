//wrong: a context of its own takes Done and Err from the clean-up and the rest from ctx, so that Deadline says when ctx ended
//want:  that is still the deadline of ctx
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"time"
)

type cleanUp struct {
	context.Context // for the values
	limited         context.Context
}

func (c cleanUp) Done() <-chan struct{} { return c.limited.Done() }
func (c cleanUp) Err() error            { return c.limited.Err() }

func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	<-ctx.Done()
	limited, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return errors.Join(context.Cause(ctx), giveBack(cleanUp{ctx, limited}))
}
