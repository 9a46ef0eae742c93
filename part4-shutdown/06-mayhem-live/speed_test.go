//go:build unix

package main

import (
	"context"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// How much processor time does a message take, the server's included, beside a consumer that acks and does nothing else? Hosts take no
// time here, and none fails. The best of three, in turn, since the machine may be busy.
func TestSpeedBesideAConsumerThatOnlyAcks(t *testing.T) {
	n := 5000
	if *long {
		n = 100_000
	}
	bare, ours := cost{time.Hour, 0}, cost{time.Hour, 0}
	for range 3 {
		bare = cheaper(bare, processorTime(t, n, onlyAcks))
		ours = cheaper(ours, processorTime(t, n, theService))
	}
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(n) }
	t.Logf("%d messages, µs of the processor for each: a consumer that acks %.1f and the server %.1f, the service %.1f and the server %.1f: %.2f",
		n, per(bare.ours), per(bare.servers), per(ours.ours), per(ours.servers), float64(bare.all())/float64(ours.all()))
}

// A consume takes messages off the queue until stop has returned.
type consume func(ctx context.Context, t *testing.T, url string) (stop func())

// A cost is processor time.
type cost struct{ ours, servers time.Duration }

func (c cost) all() time.Duration { return c.ours + c.servers }

func cheaper(a, b cost) cost {
	if b.all() < a.all() {
		return b
	}
	return a
}

// processorTime is what it takes to empty a queue of n.
func processorTime(t *testing.T, n int, consume consume) cost {
	t.Helper()
	server := startNATS(t, freePort(t))
	defer server.kill()
	nc, err := nats.Connect(server.url)
	require.NoError(t, err)
	defer nc.Close()
	q, err := openQueue(t.Context(), nc, config{replicas: 1, ackWait: time.Minute})
	require.NoError(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	rows, err := openTable(ctx, config{data: t.TempDir()}, newCounters(), cancel)
	require.NoError(t, err)
	s := service{queue: q, rows: rows, count: rows.count}
	require.NoError(t, s.publish(ctx, config{messages: n, request: "1"}))
	require.NoError(t, rows.db.Close())
	nc.Close()
	server.kill()
	server.start() // it counts from here
	nc, err = nats.Connect(server.url)
	require.NoError(t, err)
	defer nc.Close()
	q, err = openQueue(t.Context(), nc, config{replicas: 1, ackWait: time.Minute})
	require.NoError(t, err)

	before := used(t)
	stop := consume(t.Context(), t, server.url)
	s.queue = q
	for {
		seen, err := s.look(ctx, false)
		require.NoError(t, err)
		if seen.Msgs == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	took := used(t) - before
	stop()
	server.kill()
	return cost{took, server.cmd.ProcessState.UserTime() + server.cmd.ProcessState.SystemTime()}
}

func used(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// onlyAcks is as bare as it can be.
func onlyAcks(ctx context.Context, t *testing.T, url string) func() {
	t.Helper()
	nc, err := nats.Connect(url)
	require.NoError(t, err)
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	consumer, err := js.Consumer(ctx, streamName, consumerName)
	require.NoError(t, err)
	consuming, err := consumer.Consume(func(msg jetstream.Msg) { assert.NoError(t, msg.Ack()) })
	require.NoError(t, err)
	return func() {
		consuming.Stop()
		<-consuming.Closed()
		nc.Close()
	}
}

func theService(ctx context.Context, t *testing.T, url string) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	c := config{nats: url, data: t.TempDir(), request: "1", replicas: 1, inFlight: 1000, tries: 5, ackWait: time.Minute, keep: time.Hour}
	done := make(chan error, 1)
	go func() { done <- serve(ctx, c, io.Discard) }()
	return func() {
		cancel()
		require.NoError(t, <-done)
	}
}
