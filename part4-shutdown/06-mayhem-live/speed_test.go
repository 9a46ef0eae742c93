package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What saving, restarting, extending and two confirmed words to the server and the database cost, beside a consumer that only acks and does
// not wait for an answer. Hosts take no time here, and none fails. The best of three, in turn, since the machine may be busy.
func TestSpeedBesideAConsumerThatOnlyAcks(t *testing.T) {
	n := 2000
	if *long {
		n = 40_000
	}
	var bare, ours float64
	for range 3 {
		bare = max(bare, speed(t, n, onlyAcks))
		ours = max(ours, speed(t, n, theService))
	}
	t.Logf("%d messages: a consumer that only acks %.0f messages/s, the service %.0f, that is %.2f of it", n, bare, ours, ours/bare)
	if *long {
		assert.Greater(t, ours, bare/2)
	}
}

// speed is how many messages a second consume takes off a queue of n.
func speed(t *testing.T, n int, consume func(ctx context.Context, t *testing.T, url string)) float64 {
	t.Helper()
	server := startNATS(t, freePort(t))
	defer server.kill()
	nc, err := nats.Connect(server.url)
	require.NoError(t, err)
	defer nc.Close()
	b, err := newBroker(t.Context(), nc, config{replicas: 1, ackWait: time.Minute}, nil, newStats(), nil)
	require.NoError(t, err)
	require.NoError(t, publish(t.Context(), b.js, config{messages: n, name: "web"}, newStats(), nil))

	ctx, cancel := context.WithCancel(t.Context())
	var consuming sync.WaitGroup
	start := time.Now()
	consuming.Go(func() { consume(ctx, t, server.url) })
	b.untilEmpty(ctx)
	took := time.Since(start)
	cancel()
	consuming.Wait()
	return float64(n) / took.Seconds()
}

func onlyAcks(ctx context.Context, t *testing.T, url string) {
	t.Helper()
	nc, err := nats.Connect(url)
	assert.NoError(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	assert.NoError(t, err)
	consumer, err := js.Consumer(ctx, streamName, consumerName)
	assert.NoError(t, err)
	consuming, err := consumer.Consume(func(msg jetstream.Msg) { assert.NoError(t, msg.Ack()) })
	assert.NoError(t, err)
	<-ctx.Done()
	consuming.Stop()
}

var folders atomic.Int64

func theService(ctx context.Context, t *testing.T, url string) {
	t.Helper()
	assert.NoError(t, serve(ctx, config{
		nats: url, data: fmt.Sprint(t.TempDir(), folders.Add(1)), replicas: 1, inFlight: 1000, tries: 5, ackWait: time.Minute,
	}, io.Discard))
}
