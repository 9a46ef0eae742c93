package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The server and the database are in the process that is killed.
func TestKilledAgainAndAgainNothingIsLostAndNothingAckedIsHandledAgain(t *testing.T) {
	t.Parallel()
	rounds, n := 1, 2000
	if *long {
		rounds = 10
	}
	for round := range rounds {
		folder := t.TempDir()
		killedAndStartedAgain(t, uint64(round), n, "-data", folder)
		openLedger(t, folder, "").check(t, n)
	}
}

// killedAndStartedAgain kills the service six times and then lets it end.
func killedAndStartedAgain(t *testing.T, seed uint64, n int, args ...string) {
	t.Helper()
	args = append([]string{"-messages", fmt.Sprint(n), "-in-flight", "100", "-work", "200ms", "-ack-wait", "2s", "-backoff", "50ms"}, args...)
	dice := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test's
	var runs []*child
	for range 6 {
		s := run(t, args...)
		runs = append(runs, s)
		if !s.reaches(1+dice.IntN(150), "is acked") { // a busy machine: all are settled before the last kill
			break
		}
		time.Sleep(time.Duration(dice.IntN(30)) * time.Millisecond) // at any moment, not only behind an ack
		s.kill()
	}
	last := run(t, args...)
	require.Zero(t, last.ends(), last.stderr.String())
	runs = append(runs, last)
	noneIsHandledAgain(t, runs...)
	begun, again := make(map[string]bool), 0
	for _, s := range runs {
		for _, host := range slices.Compact(slices.Sorted(slices.Values(s.all("is taken")))) {
			if begun[host] {
				again++
			}
			begun[host] = true
		}
	}
	assert.NotZero(t, again, "no kill has come in the middle of anything")
}

func TestTwentyKillsUseUpNoAttempt(t *testing.T) {
	t.Parallel()
	kills, n := 5, 1000
	if *long {
		kills, n = 20, 4000
	}
	folder := t.TempDir()
	args := []string{"-data", folder, "-messages", fmt.Sprint(n), "-in-flight", "50", "-work", "200ms", "-ack-wait", "1s", "-tries", "2", "-fail", "0", "-gone", "0"}
	var runs []*child
	for range kills {
		s := run(t, args...)
		runs = append(runs, s)
		s.reaches(10, "is taken")
		s.kill()
	}
	last := run(t, args...)
	require.Zero(t, last.ends(), last.stderr.String())
	noneIsHandledAgain(t, append(runs, last)...)
	left := openLedger(t, folder, "")
	left.check(t, n)
	assert.Empty(t, left.letters, "a kill is no failed attempt")
}

// What a replay has published is in the stream, or its letter is still there, or both.
func TestAReplayThatIsKilledLosesNothingAndHandlesNothingTwice(t *testing.T) {
	t.Parallel()
	const n = 1200
	folder := t.TempDir()
	args := []string{"-data", folder, "-work", "20ms", "-ack-wait", "1s", "-tries", "1", "-fail", "0"}
	first := run(t, append(args, "-gone", "1", "-messages", fmt.Sprint(n))...)
	require.Zero(t, first.ends(), first.stderr.String())
	args = append(args, "-gone", "0", "-replay")
	var runs []*child
	for at := range 4 {
		s := run(t, args...)
		runs = append(runs, s)
		s.reaches(1+150*at, "is taken")
		s.kill()
	}
	last := run(t, append(args, "-messages", fmt.Sprint(n))...)
	require.Zero(t, last.ends(), last.stderr.String())
	noneIsHandledAgain(t, append(runs, last)...)
	left := openLedger(t, folder, "")
	assert.Empty(t, left.letters)
	handled := 0
	for id, state := range left.rows {
		if strings.Contains(id, " again ") && state == "handled" {
			handled++
		}
	}
	assert.Equal(t, n, handled)
}

func TestSixDeploysUnderLoadUseUpNoAttempt(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	args := []string{"-nats", server.url, "-data", folder, "-messages", "1000", "-in-flight", "20", "-work", "100ms", "-grace", "10ms", "-tries", "1", "-fail", "0", "-gone", "0"}
	var runs []*child
	for range 6 {
		s := run(t, args...)
		runs = append(runs, s)
		if s.reaches(10, "is taken") {
			s.terminate()
		}
		require.Zero(t, s.ends(), s.stderr.String())
	}
	last := run(t, args...)
	require.Zero(t, last.ends(), last.stderr.String())
	noneIsHandledAgain(t, append(runs, last)...)
	left := readLedger(t.Context(), t, server.url, config{data: folder}, nil)
	left.check(t, 1000)
	assert.Empty(t, left.letters, "a deploy is no failed attempt")
}
