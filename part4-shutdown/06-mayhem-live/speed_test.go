package main

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What it costs to save, to restart and to have everything confirmed: beside a consumer that acks and does not wait for an answer, and
// beside one that waits for each. Hosts take no time here, and none fails. The best of three, in turn, since the machine may be busy.
func TestSpeedBesideAConsumerThatOnlyAcks(t *testing.T) {
	n := 2000
	if *long {
		n = 40_000
	}
	var bare, confirmed, ours float64
	for range 3 {
		bare = max(bare, speed(t, n, onlyAcks(jetstream.Msg.Ack)))
		confirmed = max(confirmed, speed(t, n/10, onlyAcks(func(msg jetstream.Msg) error { return msg.DoubleAck(t.Context()) })))
		ours = max(ours, speed(t, n, theService))
	}
	t.Logf("%d messages: Ack %.0f messages/s, DoubleAck %.0f, the service %.0f, that is %.2f and %.1f of them",
		n, bare, confirmed, ours, ours/bare, ours/confirmed)
}

// A consume takes messages off the queue until stop has returned.
type consume func(ctx context.Context, t *testing.T, url string) (stop func())

// speed is how many messages a second it takes off a queue of n.
func speed(t *testing.T, n int, consume consume) float64 {
	t.Helper()
	server := startNATS(t, freePort(t))
	defer server.kill()
	nc, err := nats.Connect(server.url)
	require.NoError(t, err)
	defer nc.Close()
	b, err := newBroker(t.Context(), nc, config{replicas: 1, ackWait: time.Minute}, nil, newStats(), nil)
	require.NoError(t, err)
	defer b.close()
	require.NoError(t, publish(t.Context(), b.js, config{messages: n, name: "web"}, newStats(), nil))

	start := time.Now()
	stop := consume(t.Context(), t, server.url)
	b.untilEmpty(t.Context())
	took := time.Since(start)
	stop()
	return float64(n) / took.Seconds()
}

// onlyAcks is as bare as it can be.
func onlyAcks(ack func(msg jetstream.Msg) error) consume {
	return func(ctx context.Context, t *testing.T, url string) func() {
		t.Helper()
		nc, err := nats.Connect(url)
		require.NoError(t, err)
		js, err := jetstream.New(nc)
		require.NoError(t, err)
		consumer, err := js.Consumer(ctx, streamName, consumerName)
		require.NoError(t, err)
		consuming, err := consumer.Consume(func(msg jetstream.Msg) { assert.NoError(t, ack(msg)) })
		require.NoError(t, err)
		return func() {
			consuming.Stop()
			<-consuming.Closed()
			nc.Close()
		}
	}
}

func theService(ctx context.Context, t *testing.T, url string) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	c := config{nats: url, data: t.TempDir(), replicas: 1, inFlight: 1000, tries: 5, ackWait: time.Minute}
	done := make(chan error, 1)
	go func() { done <- serve(ctx, c, io.Discard) }()
	return func() {
		cancel()
		require.NoError(t, <-done)
	}
}
