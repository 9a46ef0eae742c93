//right: looks at ctx after each run of a step, and stops its timer

// Package exercise is yours: write Handle.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// What a step fails with says what can be done about it. Steps may wrap these errors; an error that wraps none of them is a failure of a
// kind that was not thought of.
var (
	ErrBlip  = errors.New("a blip")          // worth another attempt at once
	ErrNever = errors.New("will never work") // no attempt will ever succeed
)

// A BusyError says that the message should come again After so long. Steps return it as a value, not as a pointer.
type BusyError struct{ After time.Duration }

func (e BusyError) Error() string { return fmt.Sprint("busy for ", e.After) }

// A Step is one of the things to be done about a message: charge the card, send the mail, book the parcel. It returns early, with an
// error, when ctx ends.
type Step func(ctx context.Context) error

// A Delivery is a message that a broker has handed out. Exactly one of its methods must be called, once.
type Delivery interface {
	Ack(ctx context.Context) error                       // it is done with
	Nack(ctx context.Context, delay time.Duration) error // it shall come again after delay
	Drop(ctx context.Context, reason error) error        // it shall never come again, and people shall look at it
}

// Handle does all steps of a message, and then settles it.
func Handle(ctx context.Context, d Delivery, steps ...Step) error {
	failures := make([]error, len(steps))
	var running sync.WaitGroup
	for i, step := range steps {
		running.Go(func() { failures[i] = try(ctx, step) })
	}
	running.Wait()
	ended := ctx.Err() != nil
	all := errors.Join(failures...)
	telling, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	switch {
	case all == nil:
		return d.Ack(telling)
	case errors.Is(all, ErrNever):
		return d.Drop(telling, all)
	case ended:
		return d.Nack(telling, 0)
	}
	delay, busy := time.Duration(0), false
	for _, err := range failures {
		var b BusyError
		if errors.As(err, &b) {
			delay, busy = max(delay, b.After), true
		}
	}
	if !busy {
		delay = time.Second
	}
	return d.Nack(telling, delay)
}

func try(ctx context.Context, step Step) error {
	for n := 1; ; n++ {
		err := step(ctx)
		if n == 3 || !errors.Is(err, ErrBlip) || ctx.Err() != nil {
			return err
		}
		t := time.NewTimer(time.Duration(n) * 100 * time.Millisecond)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return err
		}
		if ctx.Err() != nil {
			return err
		}
	}
}
