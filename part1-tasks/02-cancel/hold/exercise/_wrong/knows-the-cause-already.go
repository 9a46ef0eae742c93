//wrong: an error of giveBack that wraps the cause is taken for the cause and dropped
//want: that is an error of giveBack like any other
//kind: error lost

package exercise

import (
	"context"
	"errors"
	"time"
)

func Hold(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error {
	<-ctx.Done()
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	cause := context.Cause(ctx)
	if err := giveBack(cleanup); err != nil && !errors.Is(err, cause) {
		return errors.Join(cause, err)
	}
	return cause
}
