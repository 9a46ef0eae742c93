package main

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The deadline of a minute is out of reach: what the second service gets was given back.
const outOfReach = "1m"

func TestOnSIGTERMItEndsWhatItHasBegunAndGivesTheRestBackAtOnce(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	args := []string{"-nats", server.url, "-data", folder, "-ack-wait", outOfReach, "-fail", "0", "-gone", "0"}
	first := run(t, append(args, "-messages", "400", "-in-flight", "20", "-work", "1s", "-grace", "20s")...)
	first.waitFor(5, "is acked")
	first.terminate()
	require.Zero(t, first.ends(), first.stderr.String())
	assert.ElementsMatch(t, first.all("is taken"), first.all("is acked"), "what was begun was not ended")
	assert.Empty(t, first.all("is nacked"))

	start := time.Now()
	second := run(t, append(args, "-messages", "400", "-work", "10ms")...)
	require.Zero(t, second.ends(), second.stderr.String())
	assert.Less(t, time.Since(start), 30*time.Second, "something has waited for its deadline")
	noneIsHandledAgain(t, first, second)
	readLedger(t.Context(), t, server.url, config{data: folder}, nil).check(t, 400)
}

func TestWhatDoesNotEndWithinTheGraceIsGivenBackAtOnce(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	args := []string{"-nats", server.url, "-data", folder, "-ack-wait", outOfReach, "-fail", "0", "-gone", "0", "-messages", "100"}
	first := run(t, append(args, "-in-flight", "20", "-work", "100h", "-grace", "100ms")...)
	first.waitFor(20, "is taken")
	first.terminate()
	require.Zero(t, first.ends(), first.stderr.String())
	assert.ElementsMatch(t, first.all("is taken"), first.all("is nacked, for another to take"))

	start := time.Now()
	second := run(t, append(args, "-work", "10ms")...)
	require.Zero(t, second.ends(), second.stderr.String())
	assert.Less(t, time.Since(start), 30*time.Second, "something has waited for its deadline")
	for _, host := range first.all("is taken") {
		assert.Contains(t, second.all("is taken, try 1"), host, "what was given back has not failed")
	}
	readLedger(t.Context(), t, server.url, config{data: folder}, nil).check(t, 100)
}

func TestTwoProcessesShareTheWork(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	shareTheWork(t, server.url, config{data: folder}, "-data", folder)
}

// shareTheWork has one process publish and two handle.
func shareTheWork(t *testing.T, server string, c config, args ...string) {
	t.Helper()
	const n = 1000
	args = append([]string{"-nats", server, "-work", "100ms", "-in-flight", "50", "-backoff", "50ms"}, args...)
	second := run(t, args...)
	first := run(t, append(args, "-messages", "1000")...)
	require.Zero(t, first.ends(), first.stderr.String())
	second.terminate()
	require.Zero(t, second.ends(), second.stderr.String())
	for _, s := range []*child{first, second} {
		assert.Greater(t, len(s.all("is acked")), n/20, "the other one has done nearly all of it")
	}
	acked := append(first.all("is acked"), second.all("is acked")...)
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(acked))), len(acked), "one message was acked by both")
	readLedger(t.Context(), t, server, c, nil).check(t, n)
}
