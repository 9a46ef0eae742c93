//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAServerThatIsStoppedForAWhileIsAnOutage(t *testing.T) {
	t.Parallel()
	n, away := 3000, 12*time.Second // two pings have to be missed
	if *long {
		n, away = 4000, 15*time.Second
	}
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	s := run(t, "-nats", server.url, "-data", folder, "-messages", itoa(n), "-in-flight", "50", "-work", "200ms", "-ack-wait", "4s",
		"-tries", "2", "-fail", "0", "-gone", "0")
	s.waitFor(100, "is acked")
	require.NoError(t, server.cmd.Process.Signal(syscall.SIGSTOP))
	time.Sleep(away)
	require.NoError(t, server.cmd.Process.Signal(syscall.SIGCONT))
	require.Zero(t, s.ends(), s.stderr.String())
	noneIsHandledAgain(t, s)
	left := readLedger(t.Context(), t, server.url, config{data: folder}, nil)
	left.check(t, n)
	assert.Empty(t, left.letters, "an outage of the server is no failed attempt")
	isAnOutage(t, s)
}

// Two of three servers are not enough to agree on anything. The third is connected all the time.
func TestAClusterWithoutALeaderIsAnOutage(t *testing.T) {
	t.Parallel()
	if !*long {
		t.Skip("leaders are elected: with -long")
	}
	servers, urls := startCluster(t)
	folder := t.TempDir()
	s := run(t, "-nats", servers[0].url, "-replicas", "3", "-data", folder, "-in-flight", "20", "-work", "200ms", "-ack-wait", "3s",
		"-messages", "1500", "-tries", "1", "-fail", "0", "-gone", "0")
	s.waitFor(100, "is acked")
	servers[1].kill()
	servers[2].kill()
	time.Sleep(20 * time.Second)
	servers[1].start()
	servers[2].start()
	require.Zero(t, s.ends(), s.stderr.String())
	noneIsHandledAgain(t, s)
	// The one that is left knows it only when the leader has been silent for a while: a call may fail before.
	assert.Contains(t, s.stderr.String(), `"an outage begins" part=messages`)
	assert.Contains(t, s.stderr.String(), `"an outage ends" part=messages`)
	left := readLedger(t.Context(), t, urls, config{data: folder}, nil)
	left.check(t, 1500)
	assert.Empty(t, left.letters)
}

// It answers nothing, and the connection stands.
func TestAShutdownWithTheServerStoppedEndsWithinTheGrace(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"-messages", "20"}} {
		server := startNATS(t, freePort(t))
		s := run(t, append(args, "-nats", server.url, "-data", t.TempDir(), "-work", "1h", "-grace", "1s", "-http", ":0")...)
		s.site()
		if args != nil {
			s.waitFor(20, "is taken")
		}
		require.NoError(t, server.cmd.Process.Signal(syscall.SIGSTOP))
		start := time.Now()
		s.terminate()
		assert.Equal(t, len(args)/2, s.ends(), s.stderr.String())
		assert.Less(t, time.Since(start), 4*time.Second, "the grace is a second; this machine may be busy")
	}
}

func TestAShutdownWithTheServerAwayEndsInTimeAndSaysThatMessagesAreUnsettled(t *testing.T) {
	t.Parallel()
	server := startNATS(t, freePort(t))
	s := run(t, "-nats", server.url, "-data", t.TempDir(), "-messages", "20", "-work", "1h", "-grace", "2s")
	s.waitFor(20, "is taken")
	server.kill()
	start := time.Now()
	s.terminate()
	assert.Equal(t, 1, s.ends(), s.stderr.String())
	assert.Less(t, time.Since(start), 6*time.Second, "the grace is two seconds; this machine may be busy")
	assert.Contains(t, s.stderr.String(), "messages were left unsettled: 20")
}

func TestSIGHUPEndsItUnlessItIsIgnored(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) {
		t.Log("SIGHUP is ignored where this test runs")
	} else {
		s := run(t, "-data", t.TempDir(), "-messages", "1", "-work", "1h", "-grace", "10ms")
		s.waitFor(1, "is taken")
		require.NoError(t, s.cmd.Process.Signal(syscall.SIGHUP))
		assert.Zero(t, s.ends(), s.stderr.String())
	}

	program, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	under := exec.CommandContext(ctx, "sh", "-c", `trap "" HUP; exec "$0" -data "$1" -messages 200 -work 200ms -in-flight 20 -fail 0 -gone 0`, program, t.TempDir())
	require.NoError(t, under.Start())
	time.Sleep(500 * time.Millisecond)
	for range 5 {
		require.NoError(t, under.Process.Signal(syscall.SIGHUP))
	}
	require.NoError(t, under.Wait(), "under nohup it goes on")
}

func TestItGoesOnWhenItsLogIsNotReadAnyMore(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	s := exec.CommandContext(t.Context(), program, "-data", t.TempDir(), "-messages", "20", "-work", "0", "-gone", "1", "-tries", "1")
	s.Stderr = writer
	out, err := s.Output()
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	assert.Contains(t, string(out), "published 20, handled 0, dead 20, waiting 0;")
}

// Each server in turn is killed and started again.
func TestARollingRestartOfThreeServersAndItGoesOn(t *testing.T) {
	t.Parallel()
	if !*long {
		t.Skip("a leader is elected three times: with -long")
	}
	servers, urls := startCluster(t)
	folder := t.TempDir()
	s := run(t, "-nats", urls, "-replicas", "3", "-data", folder, "-in-flight", "20", "-work", "200ms", "-ack-wait", "3s", "-backoff", "50ms",
		"-messages", "4000", "-tries", "3", "-fail", "0", "-gone", "0")
	s.waitFor(100, "is acked")
	nc, err := nats.Connect(urls, nats.MaxReconnects(-1))
	require.NoError(t, err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	for _, server := range servers {
		server.kill()
		server.start()
		require.Eventually(t, func() bool { // all three have all of it
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			stream, err := js.Stream(ctx, streamName)
			if err != nil || stream.CachedInfo().Cluster.Leader == "" {
				return false
			}
			for _, peer := range stream.CachedInfo().Cluster.Replicas {
				if !peer.Current || peer.Offline {
					return false
				}
			}
			return true
		}, 2*time.Minute, 200*time.Millisecond)
	}
	require.Zero(t, s.ends(), s.stderr.String())
	noneIsHandledAgain(t, s)
	left := readLedger(t.Context(), t, urls, config{data: folder}, nil)
	left.check(t, 4000)
	assert.Empty(t, left.letters)
}

func TestMemoryStaysFlat(t *testing.T) {
	if !*long || runtime.GOOS != "linux" || raceEnabled() {
		t.Skip("with -long, on Linux, without -race: a million messages")
	}
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program, "-data", t.TempDir(), "-messages", "1000000", "-work", "0", "-fail", "0", "-gone", "0", "-in-flight", "1000")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	most := 0 // KiB. What wait4 says afterwards is at least this process's own memory: the child shares it until it calls exec
	for {
		select {
		case err := <-ended:
			require.NoError(t, err, out.String())
			t.Logf("%d MiB at most; %s", most>>10, out.String())
			assert.Positive(t, most)
			assert.LessOrEqual(t, most>>10, 80, "MiB")
			return
		case <-time.After(100 * time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)) // gone when it has just ended
			if _, peak, has := strings.Cut(string(status), "VmHWM:"); has {
				_, err := fmt.Sscan(peak, &most)
				require.NoError(t, err)
			}
		}
	}
}

// raceEnabled reports whether the test was built with -race.
func raceEnabled() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}
