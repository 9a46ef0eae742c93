//right: steps report on a channel, and a list of verdicts is worked through

// Package exercise is yours: write Handle.
package exercise

import (
	"context"
	"errors"
	"fmt"
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

// Handle does all steps of a message, and then settles the message by what they failed with.
func Handle(ctx context.Context, d Delivery, steps ...Step) error {
	ended := make(chan error, len(steps))
	for _, step := range steps {
		go func() { ended <- upToThrice(ctx, step, 100*time.Millisecond, 200*time.Millisecond) }()
	}
	var failures []error
	hopeless, delay := false, time.Duration(-1)
	for range steps {
		err := <-ended
		if err == nil {
			continue
		}
		failures = append(failures, err)
		hopeless = hopeless || errors.Is(err, ErrNever)
		var busy BusyError
		if errors.As(err, &busy) && busy.After > delay {
			delay = busy.After
		}
	}
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if len(failures) == 0 {
		return d.Ack(settling)
	}
	if hopeless {
		return d.Drop(settling, errors.Join(failures...))
	}
	if ctx.Err() != nil {
		delay = 0
	} else if delay < 0 {
		delay = time.Second
	}
	return d.Nack(settling, delay)
}

func upToThrice(ctx context.Context, step Step, pauses ...time.Duration) error {
	err := step(ctx)
	if len(pauses) == 0 || !errors.Is(err, ErrBlip) {
		return err
	}
	pause, cancel := context.WithTimeout(ctx, pauses[0])
	defer cancel()
	<-pause.Done()
	if ctx.Err() != nil {
		return err
	}
	return upToThrice(ctx, step, pauses[1:]...)
}
