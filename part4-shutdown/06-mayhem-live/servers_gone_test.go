package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheServerIsGoneForAWhileAndItGoesOn(t *testing.T) {
	t.Parallel()
	n, away := 600, time.Second
	if *long {
		n, away = 2000, 10*time.Second
	}
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	s := run(t, "-nats", server.url, "-data", folder, "-messages", itoa(n), "-in-flight", "50", "-work", "200ms", "-ack-wait", "3s", "-backoff", "50ms")
	s.waitFor(100, "is acked")
	server.kill()
	time.Sleep(away)
	server.start()
	require.Zero(t, s.ends(), s.stderr.String())
	noneIsHandledAgain(t, s)
	isAnOutage(t, s)
	readLedger(t.Context(), t, server.url, config{data: folder}, nil).check(t, n)
	assert.Len(t, published(s), n)
}

func TestWhatWasAskedOverALostConnectionIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	server := startNATS(t, freePort(t))
	nc, disconnect, err := connect(t.Context(), config{nats: server.url}, newCounters(), func(error) {})
	require.NoError(t, err)
	defer disconnect()
	q := &queue{nc: nc}
	lost, cancel := q.connected(t.Context(), time.Hour)
	defer cancel()
	over, cancelled := q.connected(t.Context(), time.Hour)
	cancelled()
	<-over.Done()
	require.NoError(t, lost.Err(), "the connection is there")
	server.kill()
	<-lost.Done()
	assert.ErrorIs(t, lost.Err(), context.Canceled)
}

func TestABatchWhoseAnswerWasLostIsStoredOnce(t *testing.T) {
	t.Parallel()
	c := config{nats: startNATS(t, freePort(t)).url, ackWait: 5 * time.Second, replicas: 1}
	nc, disconnect, err := connect(t.Context(), c, newCounters(), func(error) {})
	require.NoError(t, err)
	defer disconnect()
	q, err := openQueue(t.Context(), nc, c)
	require.NoError(t, err)
	s := &service{queue: q}
	for range 2 { // as publish does when it has heard nothing
		require.NoError(t, s.try(t.Context(), []*message{{id: "1/a", host: "a"}, {id: "1/b", host: "b"}}, ""))
	}
	now, err := q.look(t.Context(), false)
	require.NoError(t, err)
	assert.EqualValues(t, 2, now.Msgs)
}

func TestAClusterLosesAServerAndItGoesOn(t *testing.T) {
	t.Parallel()
	n := 500
	if *long {
		n = 2000
	}
	servers, urls := startCluster(t)
	folder := t.TempDir()
	args := []string{"-nats", urls, "-replicas", "3", "-data", folder, "-in-flight", "50", "-work", "200ms", "-ack-wait", "3s", "-backoff", "50ms"}
	first := run(t, append(args, "-messages", itoa(n))...)
	first.waitFor(1, "is published")
	second := run(t, args...)
	first.waitFor(n/2, "is published") // the rest has to be published without it
	loses, other := leaders(t, urls, servers)
	if !*long { // without a leader the others elect one first, which takes them some seconds
		loses = servers[slices.IndexFunc(servers, func(s *natsProcess) bool { return s != loses && s != other })]
	}
	loses.kill()
	require.Zero(t, first.ends(), first.stderr.String())
	second.terminate()
	require.Zero(t, second.ends(), second.stderr.String())
	readLedger(t.Context(), t, urls, config{data: folder}, nil).check(t, n)
	assert.Len(t, published(first), n)
}
