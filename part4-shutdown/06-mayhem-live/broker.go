package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
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

// What is said about a delivery. nats.go says the same, but only DoubleAck waits for the server's answer.
const ack, nak, inProgress, term = "+ACK", "-NAK", "+WPI", "+TERM"

// A broker is a [mayhem.Broker] on JetStream. A message is in a work queue: the server removes it when it is acked. The row in the
// database remembers that it was settled, should it come again.
type broker struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	consumer jetstream.Consumer
	ackWait  time.Duration
	rows     *store
	count    *stats
	log      *slog.Logger
	ready    chan mayhem.Delivery // from prefetch to Receive
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
	config := jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subject}, Retention: jetstream.WorkQueuePolicy,
		Storage: jetstream.FileStorage, Replicas: c.replicas, Duplicates: time.Hour,
	}
	if err := ensure(ctx, js.CreateOrUpdateStream, config); err != nil {
		return nil, fmt.Errorf("the stream %s: %w", streamName, err)
	}
	config.Name, config.Subjects, config.Retention = deadStreamName, []string{deadSubject}, jetstream.LimitsPolicy
	if err := ensure(ctx, js.CreateOrUpdateStream, config); err != nil {
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
	d := mayhem.Delivery{Try: int(meta.NumDelivered)} //nolint:gosec // a handful
	if err := json.Unmarshal(msg.Data(), &d.Message); err != nil {
		return mayhem.Delivery{}, err
	}
	r := &receipt{reply: msg.Reply(), taken: time.Now()}
	r.until.Store(r.taken.Add(b.ackWait).UnixNano())
	d.Receipt = r
	return d, nil
}

func holds(d mayhem.Delivery) bool {
	return time.Now().UnixNano() < d.Receipt.(*receipt).until.Load()
}

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
			if !holds(d) { // it has waited for too long, and the server gives it to the next
				continue
			}
			if ctx.Err() != nil {
				b.giveBack(d)
				return mayhem.Delivery{}, context.Cause(ctx)
			}
			b.count.received(d.Try)
			return d, nil
		case <-ctx.Done():
			return mayhem.Delivery{}, context.Cause(ctx)
		}
	}
}

// Extend implements [mayhem.Broker].
func (b *broker) Extend(ctx context.Context, d mayhem.Delivery) error {
	if !holds(d) {
		return mayhem.ErrLost
	}
	from := time.Now()
	ctx, cancel := context.WithTimeout(ctx, b.ackWait/3)
	defer cancel()
	if err := b.confirm(ctx, d, inProgress); err != nil {
		return err
	}
	d.Receipt.(*receipt).until.Store(from.Add(b.ackWait).UnixNano())
	return nil
}

// Ack implements [mayhem.Broker]. First the row says that the message was handled, then the server removes it. What happens in between
// makes it come again, and then the row is found. An ack that is late is as good: the work is done.
func (b *broker) Ack(ctx context.Context, d mayhem.Delivery) error {
	if err := b.rows.mark(ctx, d.Message, handled); err != nil {
		return err
	}
	b.count.settled(d, &b.count.handled)
	return b.confirm(ctx, d, ack)
}

// Nack implements [mayhem.Broker].
func (b *broker) Nack(ctx context.Context, d mayhem.Delivery, delay time.Duration) error {
	if !holds(d) {
		return mayhem.ErrLost
	}
	word := nak
	if delay > 0 {
		word += fmt.Sprintf(` {"delay": %d}`, delay.Nanoseconds())
	}
	return b.confirm(ctx, d, word)
}

// Reject implements [mayhem.Broker]. The stream of dead letters takes each only once.
func (b *broker) Reject(ctx context.Context, d mayhem.Delivery, reason error) error {
	if !holds(d) {
		return mayhem.ErrLost
	}
	data, err := json.Marshal(d.Message)
	if err != nil {
		return err
	}
	letter := &nats.Msg{Subject: deadSubject, Data: data, Header: nats.Header{
		"Mayhem-Reason": {reason.Error()}, "Mayhem-Tries": {fmt.Sprint(d.Try)},
	}}
	if _, err := b.js.PublishMsg(ctx, letter, jetstream.WithMsgID(d.ID)); err != nil {
		return err
	}
	if err := b.rows.mark(ctx, d.Message, dead); err != nil {
		return err
	}
	b.count.settled(d, &b.count.dead)
	return b.confirm(ctx, d, term)
}

// giveBack nacks what nobody has begun, so that another process has it at once.
func (b *broker) giveBack(ds ...mayhem.Delivery) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var words sync.WaitGroup
	for _, d := range ds {
		words.Go(func() {
			if err := b.Nack(ctx, d, 0); err == nil {
				b.log.Warn("is given back, nobody has begun", "task", d.Host)
			} // else it comes at its deadline
		})
	}
	words.Wait()
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

func (b *broker) close() {
	if err := b.nc.FlushTimeout(2 * time.Second); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		b.log.Warn("flush: " + err.Error())
	}
}
