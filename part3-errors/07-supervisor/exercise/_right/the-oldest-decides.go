//right: keeps the last Max+1 failures, of which the oldest decides, and pauses with a context that times out

// Package exercise is yours: write Restart.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrGaveUp says that a child has failed too often.
var ErrGaveUp = errors.New("gave up")

// A Policy says how often a child may fail. Erlang calls Max the intensity and Within the period.
type Policy struct {
	Max    int           // as many failures within Within are forgiven
	Within time.Duration // a failure is forgotten when it is this old, or older
	Pause  time.Duration // between a failure and the next start
}

// Restart runs child, and starts it again after each failure, until child is done, has failed too often, or ctx ends.
func Restart(ctx context.Context, policy Policy, child func(context.Context) error) error {
	ring := make([]time.Time, 0, policy.Max+1) // the last failures; the oldest of Max+1 decides
	for ctx.Err() == nil {
		err := guarded(ctx, child)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
		if len(ring) > policy.Max {
			ring = ring[1:]
		}
		ring = append(ring, time.Now())
		if len(ring) > policy.Max && time.Since(ring[0]) < policy.Within {
			return errors.Join(ErrGaveUp, err)
		}
		pause, cancel := context.WithTimeout(ctx, policy.Pause)
		<-pause.Done()
		cancel()
	}
	return context.Cause(ctx)
}

// guarded calls child and makes an error of its panic.
func guarded(ctx context.Context, child func(context.Context) error) (err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("panic: %w", value)
		default:
			err = fmt.Errorf("panic: %v", value)
		}
	}()
	return child(ctx)
}
