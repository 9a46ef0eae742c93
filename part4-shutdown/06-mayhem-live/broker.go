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
		Storage: jetstream.FileStorage, Replicas: c.replicas, Duplicates: 2 * time.Minute,
	}
	stream := func(ctx context.Context, config jetstream.StreamConfig) (jetstream.Stream, error) {
		if there, err := js.Stream(ctx, config.Name); !errors.Is(err, jetstream.ErrStreamNotFound) {
			if err != nil {
				return nil, err
			}
			if is := there.CachedInfo().Config; is.Retention != config.Retention || is.Replicas != config.Replicas || is.Storage != config.Storage {
				return nil, fmt.Errorf("it is there with retention %v, %d replicas, storage %v, not with %v, %d, %v",
					is.Retention, is.Replicas, is.Storage, config.Retention, config.Replicas, config.Storage)
			}
			return there, nil
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
		if b.consumer, err = js.Consumer(ctx, streamName, config.Durable); errors.Is(err, jetstream.ErrConsumerNotFound) {
			b.consumer, err = js.CreateConsumer(ctx, streamName, config)
		}
		if err != nil {
			return nil, err
		}
		if there := b.consumer.CachedInfo().Config; there.AckWait != config.AckWait || there.MaxDeliver != config.MaxDeliver {
			return nil, fmt.Errorf("it is there with an -ack-wait of %v and at most %d deliveries, not with %v and %d",
				there.AckWait, there.MaxDeliver, config.AckWait, config.MaxDeliver)
		}
		return b.consumer, nil
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

// delivery is what the service gets for a message: one, or none where it is a dead letter from the beginning.
func (b *broker) delivery(ctx context.Context, msg jetstream.Msg) []mayhem.Delivery {
	d := mayhem.Delivery{Message: mayhem.Message{ID: msg.Headers().Get(jetstream.MsgIDHeader), Host: string(msg.Data())}}
	r := &receipt{reply: msg.Reply(), taken: time.Now()}
	r.until.Store(r.taken.Add(b.ackWait).UnixNano())
	d.Receipt = r
	err := fault("id", d.ID)
	if err == nil {
		err = fault("host", d.Host)
	}
	if err == nil {
		return []mayhem.Delivery{d}
	}
	meta, unreadable := msg.Metadata()
	if unreadable != nil {
		b.log.Error("not a message: " + unreadable.Error())
		return nil
	}
	slog.Warn("a message that cannot be handled is a dead letter", "sequence", meta.Sequence.Stream, "reason", err)
	d.ID = fmt.Sprint("message ", meta.Sequence.Stream) // its own may be none
	if err := b.bury(ctx, d, 0, err.Error()); err != nil {
		b.log.Warn("settle: " + err.Error()) // again at its next deadline
	}
	return nil
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
			if left := time.Until(time.Unix(0, d.Receipt.(*receipt).until.Load())); left < b.ackWait/2 && b.Extend(ctx, d) != nil {
				continue // there is too little time to begin
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
