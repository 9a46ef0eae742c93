//wrong: calls cancel behind giveBack, which a panic skips
//want:  a panic skips a cancel that is not deferred
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
	err := giveBack(cleanUp)
	cancel()
	return errors.Join(context.Cause(ctx), err)
}
