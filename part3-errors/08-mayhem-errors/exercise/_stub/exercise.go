//want:the message was acked: it is lost, no attempt follows

// Package exercise is yours to mend: Handle looks at what failed, logs it, and acks.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
//
//   - The steps run side by side and get ctx. A step that fails stops no other. Handle settles when all have ended, without delay,
//     exactly once, and returns what Ack, Nack or Drop returned, unchanged; it does not try a settlement again. Steps do not panic.
//   - A step that fails with ErrBlip is run again 100 ms after its first failure and 200 ms after its second one; the third failure
//     stands. No other failure is run again. When ctx has ended, also at the instant at which the pause is over, nothing is run again
//     and nothing waits: the step's last failure stands.
//   - If no step failed in the end: Ack, also when ctx has ended meanwhile. A step that ctx has cut off has failed, whatever error it
//     returns. A step that failed and then succeeded has not failed.
//   - If any step failed with ErrNever: Drop. The reason holds every step's last failure, so that errors.Is finds each.
//   - If anything else failed: Nack. The delay is 0 when ctx has ended; otherwise the longest After of the BusyErrors, or one second
//     when no step failed with a BusyError.
//   - Ack, Nack and Drop get a context with ctx's values that lives for one second, whatever has become of ctx.
//   - Handle leaves no goroutine or derived context behind, also while ctx is still alive.
func Handle(ctx context.Context, d Delivery, steps ...Step) error {
	failures := make([]error, len(steps))
	var running sync.WaitGroup
	for i, step := range steps {
		running.Go(func() { failures[i] = step(ctx) })
	}
	running.Wait()
	for _, err := range failures {
		switch {
		case errors.Is(err, ErrBlip):
			slog.DebugContext(ctx, "retrying", "err", err)
		case err != nil:
			slog.DebugContext(ctx, "handling a general error", "err", err)
		}
	}
	return d.Ack(ctx)
}
