package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

const (
	streamName, subject         = "MAYHEM", "mayhem.restart"
	deadStreamName, deadSubject = "MAYHEM_DEAD", "mayhem.dead"
	consumerName                = "mayhem" // all processes share one
)

// settleWithin is how long the server may take to answer.
const settleWithin = 5 * time.Second

// What is said about a delivery. nats.go says the same, but only DoubleAck waits for the server's answer.
const ack, nak, inProgress, term = "+ACK", "-NAK", "+WPI", "+TERM"

// A broker is a [mayhem.Broker] on JetStream. A message is in a work queue: the server removes it when it is acked. The row in the
// database remembers that it was settled, should it come again.
type broker struct {
	nc         *nats.Conn
	js         jetstream.JetStream
	consumer   jetstream.Consumer
	ackWait    time.Duration
	rows       *store
	count      *stats
	log        *slog.Logger
	prefetched int                  // how many messages are with us before anybody asks for them
	ready      chan mayhem.Delivery // from prefetch to Receive
	acks       *group[mayhem.Delivery]
	holding    holding
}

func newBroker(ctx context.Context, nc *nats.Conn, c config, rows *store, count *stats, log *slog.Logger) (*broker, error) {
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(2*time.Second))
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	b := &broker{nc: nc, js: js, ackWait: c.ackWait, rows: rows, count: count, log: log, ready: make(chan mayhem.Delivery)}
	b.prefetched = max(16, c.inFlight/2) // nobody waits for the network, and another process finds something to do
	config := jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subject}, Retention: jetstream.WorkQueuePolicy,
		Storage: jetstream.FileStorage, Replicas: c.replicas, Duplicates: time.Hour,
	}
	stream := func(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
		if there, err := js.Stream(ctx, config.Name); !errors.Is(err, jetstream.ErrStreamNotFound) {
			return there, err // as whoever came first has made it
		}
		return js.CreateStream(ctx, config)
	}
	if err := ensure(ctx, stream, config); err != nil {
		return nil, fmt.Errorf("the stream %s: %w", streamName, err)
	}
	config.Name, config.Subjects, config.Retention = deadStreamName, []string{deadSubject}, jetstream.LimitsPolicy
	if err := ensure(ctx, stream, config); err != nil {
		return nil, fmt.Errorf("the stream %s: %w", deadStreamName, err)
	}
	err = ensure(ctx, func(ctx context.Context, config jetstream.ConsumerConfig) (jetstream.Consumer, error) {
		b.consumer, err = js.CreateOrUpdateConsumer(ctx, streamName, config)
		return b.consumer, err
	}, jetstream.ConsumerConfig{
		Durable: consumerName, AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.ackWait,
		MaxDeliver:    -1, // who gives up is the service: the server would only stop to deliver
		MaxAckPending: -1, // a message that rests after a nak counts, too; prefetch bounds what is with us
	})
	if err != nil {
		return nil, fmt.Errorf("the consumer %s: %w", consumerName, err)
	}
	b.acks = newGroup(ctx, 1000, b.ackAll)
	return b, nil
}

// ensure asks for a thing of the server's. A cluster that is just choosing its leader does not answer: it is asked again for a while.
func ensure[C, T any](ctx context.Context, ask func(context.Context, C) (T, error), config C) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		asking, done := context.WithTimeout(ctx, 2*time.Second)
		_, err := ask(asking, config)
		done()
		if err == nil || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, jetstream.ErrJetStreamNotEnabled) {
			return err
		}
		if ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), err)
		}
	}
}

// A receipt is how the broker knows a delivery again. The server answers all that is said about one, whether it still holds or not, so
// the deadline is ours.
type receipt struct {
	reply string
	until atomic.Int64 // since the Unix epoch
	taken time.Time
}

func (b *broker) delivery(msg jetstream.Msg) (mayhem.Delivery, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return mayhem.Delivery{}, err
	}
	d := mayhem.Delivery{
		Message: mayhem.Message{ID: msg.Headers().Get(jetstream.MsgIDHeader), Host: string(msg.Data())},
		Try:     int(meta.NumDelivered), //nolint:gosec // a handful
	}
	if d.ID == "" {
		return d, errors.New("it has no " + jetstream.MsgIDHeader)
	}
	r := &receipt{reply: msg.Reply(), taken: time.Now()}
	r.until.Store(r.taken.Add(b.ackWait).UnixNano())
	d.Receipt = r
	return d, nil
}

func (r *receipt) holds() bool { return time.Now().UnixNano() < r.until.Load() }

func holds(d mayhem.Delivery) bool { return d.Receipt.(*receipt).holds() }

// confirm says a word about a delivery and waits until the server has taken it in.
func (b *broker) confirm(ctx context.Context, d mayhem.Delivery, word string) error {
	_, err := b.nc.RequestWithContext(ctx, d.Receipt.(*receipt).reply, []byte(word))
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// Receive implements [mayhem.Broker]. It waits also while the server is away.
func (b *broker) Receive(ctx context.Context) (mayhem.Delivery, error) {
	for {
		select {
		case d := <-b.ready:
			if ctx.Err() != nil {
				b.giveBack(ctx, d)
				return mayhem.Delivery{}, context.Cause(ctx)
			}
			if !b.holding.begin(d) { // it comes again at its deadline, if it still has to
				continue
			}
			b.count.received(d.Try)
			return d, nil
		case <-ctx.Done():
			return mayhem.Delivery{}, context.Cause(ctx)
		}
	}
}

// untilEmpty waits until the work queue is empty or ctx ends. While the server is away, it is not known to be.
func (b *broker) untilEmpty(ctx context.Context) {
	for {
		asking, cancel := context.WithTimeout(ctx, 2*time.Second)
		stream, err := b.js.Stream(asking, streamName)
		cancel()
		if err == nil && stream.CachedInfo().State.Msgs == 0 {
			return
		}
		if wait(ctx, 50*time.Millisecond) != nil {
			return
		}
	}
}

func (b *broker) close() { b.acks.close() }
