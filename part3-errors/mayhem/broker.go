package mayhem

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrLost says that a delivery no longer holds: its deadline has passed, or it is settled. Another consumer may have the message.
	ErrLost = errors.New("mayhem: the delivery does not hold any more")
	// ErrClosed says that a broker takes no more messages, or that it has none left and will get no more.
	ErrClosed = errors.New("mayhem: the broker is closed")
	// ErrUnsettled says that the service was stopped and could not tell the broker what became of some messages. They come again.
	ErrUnsettled = errors.New("mayhem: messages were left unsettled")
)

// A Message asks for a host to be restarted.
type Message struct {
	ID   string
	Host string
}

// A Delivery is a message that a broker has handed out for a limited time. Until its deadline no other consumer gets the message. The
// consumer settles it by then, once, by Ack, Nack or Reject.
type Delivery struct {
	Message
	Try     int // the number of this attempt: 1 plus the number of failed ones. A delivery that was lost or given back has not failed
	Receipt any // the broker's own: how it recognizes the delivery
}

// A Broker keeps messages and hands each out again until it is settled. Its methods may be called from any goroutine.
//
// Extend, Ack, Nack and Reject return [ErrLost] for a delivery that no longer holds, and have then done nothing.
type Broker interface {
	// Receive waits for a message until ctx ends, and then returns the cause; [ErrClosed] when there will be none.
	Receive(ctx context.Context) (Delivery, error)
	// Extend sets the deadline anew, as far from now as it was at the beginning.
	Extend(ctx context.Context, d Delivery) error
	// Ack says that the message is done with. The broker forgets it.
	Ack(ctx context.Context, d Delivery) error
	// Nack gives the message back, to be handed out again after delay. failed says why the attempt failed; if it is nil, the attempt does
	// not count as one.
	Nack(ctx context.Context, d Delivery, delay time.Duration, failed error) error
	// Reject makes the message a dead letter: kept aside for people to look at, never handed out again.
	Reject(ctx context.Context, d Delivery, reason error) error
}
