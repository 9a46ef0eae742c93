//wrong: keeps the longest After of all attempts of a step, also of those before its last failure
//want:  and its last failure counts: the message was nacked for 9s
//kind:  contract

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

// Handle does all steps of a message, and then settles the message by what they failed with.
func Handle(ctx context.Context, d Delivery, steps ...Step) error {
	failures := make([]error, len(steps))
	var mu sync.Mutex
	var seen []error
	var running sync.WaitGroup
	for i, step := range steps {
		running.Go(func() {
			failures[i] = attempt(ctx, func(ctx context.Context) error {
				err := step(ctx)
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, err)
				return err
			})
		})
	}
	running.Wait()

	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	switch failure := errors.Join(failures...); {
	case failure == nil:
		return d.Ack(settling)
	case errors.Is(failure, ErrNever):
		return d.Drop(settling, failure)
	case ctx.Err() != nil:
		return d.Nack(settling, 0)
	default:
		return d.Nack(settling, delayFor(seen))
	}
}

// attempt runs a step until it succeeds, fails for good, or ctx ends.
func attempt(ctx context.Context, step Step) error {
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := step(ctx)
		if !errors.Is(err, ErrBlip) || pause > 200*time.Millisecond {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

// delayFor is the longest that a step asked for.
func delayFor(failures []error) time.Duration {
	asked, longest := false, time.Duration(0)
	for _, err := range failures {
		if busy, ok := errors.AsType[BusyError](err); ok {
			asked, longest = true, max(longest, busy.After)
		}
	}
	if !asked {
		return time.Second
	}
	return longest
}
