//wrong: keeps the failures in a set, which panics on an error that cannot be a key
//want:  == and the key of a map fail on some types
//kind:  error lost

// Package exercise is yours to mend: Handle looks at what failed, logs it, and acks.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var (
	ErrBlip  = errors.New("a blip")
	ErrNever = errors.New("will never work")
)

// A BusyError says that the message should come again After so long.
type BusyError struct{ After time.Duration }

func (e BusyError) Error() string { return fmt.Sprint("busy for ", e.After) }

// A Step is one of the things to be done about a message: charge the card, send the mail, book the parcel.
type Step func(ctx context.Context) error

// A Delivery is a message that a broker has handed out.
type Delivery interface {
	Ack(ctx context.Context) error
	Nack(ctx context.Context, delay time.Duration) error
	Drop(ctx context.Context, reason error) error
}

// Handle does all steps of a message, and then settles the message by what they failed with.
func Handle(ctx context.Context, d Delivery, steps ...Step) error {
	failures := make([]error, len(steps))
	var running sync.WaitGroup
	for i, step := range steps {
		running.Go(func() { failures[i] = attempts(ctx, step) })
	}
	running.Wait()
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	set := map[error]bool{}
	var once []error
	for _, err := range failures {
		if !set[err] {
			set[err] = true
			once = append(once, err)
		}
	}
	reason := errors.Join(once...)
	switch {
	case reason == nil:
		return d.Ack(settle)
	case errors.Is(reason, ErrNever):
		return d.Drop(settle, reason)
	}
	return d.Nack(settle, delay(ctx, failures))
}

func delay(ctx context.Context, failures []error) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	longest := time.Duration(-1)
	for _, err := range failures {
		var busy BusyError
		if errors.As(err, &busy) {
			longest = max(longest, busy.After)
		}
	}
	if longest < 0 {
		return time.Second
	}
	return longest
}

func attempts(ctx context.Context, step Step) error {
	err := step(ctx)
	for _, pause := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond} {
		if !errors.Is(err, ErrBlip) || !wait(ctx, pause) {
			return err
		}
		err = step(ctx)
	}
	return err
}

func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
