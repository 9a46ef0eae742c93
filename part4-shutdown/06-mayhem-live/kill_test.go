package main

import (
	"fmt"
	"math/rand/v2"
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
	var runs []*service
	for range 6 {
		s := run(t, args...)
		s.waitFor(1+dice.IntN(150), "is acked")
		time.Sleep(time.Duration(dice.IntN(30)) * time.Millisecond) // at any moment, not only behind an ack
		s.kill()
		runs = append(runs, s)
	}
	last := run(t, args...)
	require.Zero(t, last.ends(), last.stderr.String())
	runs = append(runs, last)
	assert.Len(t, published(runs...), n)
	nobodyIsHandledAgain(t, runs...)
	again := 0
	for _, s := range runs[1:] {
		again += len(s.all("is taken, try 2"))
	}
	assert.NotZero(t, again, "no kill has come in the middle of anything")
}
