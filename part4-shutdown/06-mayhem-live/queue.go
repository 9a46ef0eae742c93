package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	streamName, subject         = "MAYHEM", "mayhem.restart"
	deadStreamName, deadSubject = "MAYHEM_DEAD", "mayhem.dead"
	consumerName                = "mayhem" // all processes share one
	idHeader                    = "Mayhem-Id"
)

// What is said about a delivery. The server answers each of them.
const ack, nak, inProgress, term = "+ACK", "-NAK", "+WPI", "+TERM"

// A message asks for a host to be restarted. It is one delivery.
type message struct {
	id, host string
	try      int                     // the number of this attempt: one more than have failed
	known    bool                    // it has a row
	fault    error                   // why it cannot be handled
	reply    string                  // where we say what became of it
	until    time.Time               // the leases' mutex guards it
	end      context.CancelCauseFunc // ends the work on it; nil: there is none. The same
}

// A queue is a work queue of JetStream: the server removes a message when it is acked.
type queue struct {
	nc       *nats.Conn
	js       jetstream.JetStream
	streams  []jetstream.StreamConfig // the messages and the dead letters
	consumer jetstream.ConsumerConfig
}

func openQueue(ctx context.Context, nc *nats.Conn, c config) (*queue, error) {
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(2*time.Second))
	if err != nil {
		return nil, err
	}
	messages := jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subject}, Retention: jetstream.WorkQueuePolicy, AllowAtomicPublish: true,
		Storage: jetstream.FileStorage, Replicas: c.replicas, Duplicates: 2 * time.Minute,
		MaxMsgs: -1, MaxBytes: -1, MaxMsgSize: -1, MaxMsgsPerSubject: -1, // none is dropped
	}
	letters := messages
	letters.Name, letters.Subjects, letters.Retention = deadStreamName, []string{deadSubject + ".*"}, jetstream.LimitsPolicy
	letters.MaxMsgsPerSubject = 1
	q := &queue{nc, js, []jetstream.StreamConfig{messages, letters}, jetstream.ConsumerConfig{
		Durable: consumerName, AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.ackWait,
		MaxDeliver:    -1, // the service gives up, not the server: that would only stop to deliver
		MaxAckPending: -1, // a message that rests after a nak counts, too
	}}
	for patience := time.Now().Add(30 * time.Second); ; {
		_, err := q.look(ctx, true)
		choosing := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrJetStreamNotEnabled) // its leader: a cluster
		if !choosing || time.Now().After(patience) || wait(ctx, 100*time.Millisecond) != nil {
			return q, err
		}
	}
}

// A state is that of the messages' stream.
type state struct {
	jetstream.StreamState
	stranded bool // there are messages, and the consumer knows of none: a server that was killed may have taken them for acked
}

// look returns the state. All processes share the streams and the consumer, so it makes sure that they are what we want.
func (q *queue) look(ctx context.Context, create bool) (now state, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	for _, want := range slices.Backward(q.streams) {
		stream, err := q.js.Stream(ctx, want.Name)
		if create && errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = q.js.CreateStream(ctx, want)
		}
		if err != nil {
			return now, fmt.Errorf("the stream %s: %w", want.Name, err)
		}
		is := stream.CachedInfo().Config
		if err := same("stream "+want.Name, "retention", is.Retention, want.Retention, "storage", is.Storage, want.Storage,
			"-replicas", is.Replicas, want.Replicas, "atomic batches", is.AllowAtomicPublish, true, "subjects", is.Subjects, want.Subjects, "limits",
			[]any{is.MaxMsgs, is.MaxBytes, is.MaxMsgSize, is.MaxMsgsPerSubject, is.MaxAge}, []any{-1, -1, -1, want.MaxMsgsPerSubject, want.MaxAge}); err != nil {
			return now, err
		}
		now.StreamState = stream.CachedInfo().State
	}
	consumer, err := q.js.Consumer(ctx, streamName, consumerName) // in a cluster it has a leader of its own
	if create && errors.Is(err, jetstream.ErrConsumerNotFound) {
		consumer, err = q.js.CreateConsumer(ctx, streamName, q.consumer)
	}
	if err != nil {
		if _, gone := q.js.Stream(ctx, streamName); gone != nil { // since the look at it, and its consumer with it
			return now, fmt.Errorf("the stream %s: %w", streamName, gone)
		}
		return now, fmt.Errorf("the consumer %s: %w", consumerName, err)
	}
	is, want := consumer.CachedInfo().Config, q.consumer
	now.stranded = now.Msgs > 0 && consumer.CachedInfo().NumPending == 0 && consumer.CachedInfo().NumAckPending == 0
	return now, same("consumer "+consumerName, "-ack-wait", is.AckWait, want.AckWait, "acks", is.AckPolicy, want.AckPolicy,
		"deliveries at most", is.MaxDeliver, want.MaxDeliver, "filter", is.FilterSubject, want.FilterSubject, "headers only", is.HeadersOnly, false,
		"limits", []any{is.MaxAckPending, is.MaxRequestBatch, is.MaxRequestMaxBytes, is.BackOff}, []any{-1, 0, 0, want.BackOff})
}

// A difference says how a stream or the consumer is not what we want.
type difference string

func (d difference) Error() string { return string(d) }

// same names the first difference. The triples are a name, what is, and what we want.
func same(what string, triples ...any) error {
	for t := range slices.Chunk(triples, 3) {
		if is, want := fmt.Sprint(t[0], " ", t[1]), fmt.Sprint(t[0], " ", t[2]); is != want {
			return difference(fmt.Sprintf("the %s is there with %s, not with %s", what, is, want))
		}
	}
	return nil
}

// fetch returns up to n messages: those that the server has now, or else the next ones. The server waits half a second for them, at most.
func (q *queue) fetch(ctx context.Context, n int) (ms []*message, err error) {
	from, patience := time.Now(), min(500*time.Millisecond, q.consumer.AckWait/12)
	sub, err := q.nc.SubscribeSync(q.nc.NewInbox())
	if err != nil {
		return nil, err
	}
	defer sub.Unsubscribe()          //nolint:errcheck // nothing comes any more
	_ = sub.SetPendingLimits(-1, -1) // the request asks for as much as there is room for
	request := fmt.Appendf(nil, `{"batch": %d, "no_wait": true, "expires": %d}`, n, patience)
	if err := q.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+streamName+"."+consumerName, sub.Subject, request); err != nil {
		return nil, err
	}
	ctx, cancel := q.connected(ctx, patience+5*time.Second) // the server answers in any case; what comes later is lost until its deadline
	defer cancel()
	for range n {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return ms, err
		}
		if msg.Reply == "" { // the server says that there are no more
			break
		}
		m := &message{
			id: cmp.Or(msg.Header.Get(idHeader), msg.Header.Get(nats.MsgIdHdr)), host: string(msg.Data),
			reply: msg.Reply, until: from.Add(q.consumer.AckWait), // the server's deadline is not earlier
		}
		if m.fault = cmp.Or(fault("id", m.id), fault("host", m.host)); m.fault != nil {
			if meta, err := msg.Metadata(); err == nil {
				m.id = fmt.Sprintf("message %d of %d", meta.Sequence.Stream, meta.Timestamp.UnixNano()) // its own may be none
			}
		}
		ms = append(ms, m)
	}
	return ms, nil
}

// connected is a context that ends after a time, or when the connection is lost: what was asked over it will not be answered.
func (q *queue) connected(ctx context.Context, longest time.Duration) (context.Context, func()) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	lost := q.nc.StatusChanged(nats.RECONNECTING, nats.CLOSED)
	go func() { <-lost; cancel() }()
	return ctx, func() { q.nc.RemoveStatusListener(lost) } // closes lost
}

// fault says why a text cannot be in a row: no database takes all that a message may hold.
func fault(what, text string) error {
	switch {
	case text == "":
		return errors.New("it has no " + what)
	case len(text) > 255:
		return errors.New("its " + what + " is longer than 255 bytes")
	case !utf8.ValidString(text):
		return errors.New("its " + what + " is not UTF-8")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("its " + what + " has a NUL byte or another control character")
	case strings.TrimSpace(text) != text:
		return errors.New("its " + what + " begins or ends with a space") // a header loses it
	}
	return nil
}

// A word is what we say about a delivery.
type word struct{ to, text string }

// say says them all and waits for the last answer: the server takes in what comes over one connection in order.
func (q *queue) say(ctx context.Context, words []word) error {
	if len(words) == 0 {
		return nil
	}
	ctx, cancel := q.connected(ctx, min(max(time.Second, q.consumer.AckWait/2), 5*time.Second)) // what is not heard by then comes again
	defer cancel()
	before := q.nc.Stats().Reconnects
	last := words[len(words)-1]
	for _, w := range words[:len(words)-1] {
		if err := q.nc.Publish(w.to, []byte(w.text)); err != nil {
			return err
		}
	}
	if _, err := q.nc.RequestWithContext(ctx, last.to, []byte(last.text)); err != nil {
		return err
	}
	if q.nc.Stats().Reconnects != before {
		return errors.New("the connection was lost in between")
	}
	return nil
}

// bury publishes dead letters and ends their deliveries. Each has a subject of its own, of which the stream keeps one.
func (q *queue) bury(ctx context.Context, letters []outcome) error {
	var words []word
	for _, l := range letters {
		body := l.message.host[:min(len(l.message.host), int(q.nc.MaxPayload())/2)] // or the largest message would have no room for the reason
		msg := &nats.Msg{Subject: fmt.Sprintf("%s.%x", deadSubject, l.id), Data: []byte(body), Header: nats.Header{
			"Mayhem-Reason": {l.reason}, "Mayhem-Attempts": {strconv.Itoa(l.attempts)},
		}}
		if _, err := q.js.PublishMsg(ctx, msg, jetstream.WithMsgID(l.id)); err != nil {
			return errors.Join(err, q.say(ctx, words))
		}
		slog.Warn("a message is a dead letter", "id", l.id, "attempts", l.attempts, "reason", l.reason)
		words = append(words, word{l.reply, term})
	}
	return q.say(ctx, words)
}
