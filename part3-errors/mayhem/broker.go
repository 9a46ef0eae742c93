package mayhem

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrLost says that a delivery does not hold any more: its deadline has passed, or it is settled. The message may be with another.
	ErrLost = errors.New("mayhem: the delivery does not hold any more")
	// ErrClosed says that a broker takes no more messages, or that it has none left and will get none.
	ErrClosed = errors.New("mayhem: the broker is closed")
	// ErrUnsettled says that the service was stopped and could not tell the broker what became of some messages. They come again.
	ErrUnsettled = errors.New("mayhem: messages were left unsettled")
)

// A Message asks for a host to be restarted.
type Message struct {
	ID   string
	Host string
}

// A Delivery is a message that a broker has handed out for a while. Until its deadline nobody else gets the message; whoever has it
// settles it by then, once, by Ack, Nack or Reject.
type Delivery struct {
	Message
	Try     int // the number of this attempt: one more than have failed. A delivery that was lost or given back is none
	Receipt any // the broker's own: how it knows the delivery again
}

// A Broker keeps messages and hands each out until somebody settles it. Its methods may be called from any goroutine.
//
// Extend, Ack, Nack and Reject return [ErrLost] for a delivery that does not hold any more, and have then done nothing.
type Broker interface {
	// Receive waits for a message until ctx ends, and then returns the cause; [ErrClosed] when there will be none.
	Receive(ctx context.Context) (Delivery, error)
	// Extend sets the deadline anew, as far from now as it was at the beginning.
	Extend(ctx context.Context, d Delivery) error
	// Ack says that the message is done with. The broker forgets it.
	Ack(ctx context.Context, d Delivery) error
	// Nack gives the message back, to be handed out again after delay. An attempt counts as one only where failed says why it failed.
	Nack(ctx context.Context, d Delivery, delay time.Duration, failed error) error
	// Reject makes the message a dead letter: kept aside for people to look at, never handed out again.
	Reject(ctx context.Context, d Delivery, reason error) error
}
