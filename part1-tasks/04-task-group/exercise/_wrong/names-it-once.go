//wrong: does not wrap an error whose text begins with the name of its mirror
//want:  wrap each error, whatever its text
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	ErrLost      = errors.New("another mirror was faster")
	ErrNoMirrors = errors.New("no mirrors")
)

type answer struct {
	i    int
	file []byte
	err  error
}

func Fetch(
	ctx context.Context,
	mirrors []string,
	hedge time.Duration,
	get func(ctx context.Context, mirror string) ([]byte, error),
) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(mirrors) == 0 {
		return nil, ErrNoMirrors
	}
	calls, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make(chan answer, len(mirrors))
	var failures []error
	asked, ended := 0, 0
	var timer *time.Timer
	var rung <-chan time.Time
	ask := func() {
		if timer != nil {
			timer.Stop()
		}
		rung = nil
		if asked == len(mirrors) {
			return
		}
		i := asked
		asked++
		go func() {
			file, err := get(calls, mirrors[i])
			answers <- answer{i, file, err}
		}()
		timer = time.NewTimer(hedge)
		rung = timer.C
	}
	wait := func() {
		for ; ended < asked; ended++ {
			<-answers
		}
	}
	ask()
	defer func() { timer.Stop() }()
	for ended < asked {
		select {
		case <-ctx.Done():
			wait()
			return nil, context.Cause(ctx)
		case <-rung:
			if ctx.Err() == nil {
				ask()
			}
		case a := <-answers:
			ended++
			if ctx.Err() != nil {
				wait()
				return nil, context.Cause(ctx)
			}
			if a.err == nil {
				cancel(ErrLost)
				wait()
				return a.file, nil
			}
			err := a.err
			if !strings.HasPrefix(err.Error(), mirrors[a.i]) {
				err = fmt.Errorf("%s: %w", mirrors[a.i], err)
			}
			failures = append(failures, err)
			ask()
		}
	}
	return nil, errors.Join(failures...)
}
