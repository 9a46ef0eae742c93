package main

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestWhatCannotBeginSaysSoInOneLine(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	inUse := t.TempDir()
	running := run(t, "-data", inUse, "-messages", "1", "-work", "1h")
	running.waitFor(1, "is taken")
	foreign := t.TempDir()
	db, err := sql.Open("sqlite", foreign+"/mayhem.db")
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), create[:len(create)-1]+", more text NOT NULL)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	unserved := fmt.Sprint("127.0.0.1:", freePort(t))
	for _, c := range []struct {
		why  string
		args []string
		says string
	}{
		{"a file is in the folder's place", []string{"-data", fileInTheWay(t) + "/x"}, "mkdir"},
		{"another has its server there", []string{"-data", inUse}, "another process has its server there"},
		{"another's table is there", []string{"-data", foreign}, "the database: constraint failed: NOT NULL constraint failed: messages.more"},
		{"the port is taken", []string{"-http", taken.Addr().String()}, "-http: listen tcp " + taken.Addr().String()},
		{"the server's port is taken", []string{"-listen", taken.Addr().String()}, "Error listening on port"},
		{"no server", []string{"-nats", "nats://" + unserved}, "connect to " + unserved},
		{"no database", []string{"-db", "postgres://user@" + unserved + "/mayhem"}, "the database: failed to connect"},
		{"no cluster", []string{"-replicas", "3"}, "replicas > 1 not supported in non-clustered mode"},
	} {
		s := run(t, append([]string{"-messages", "1"}, c.args...)...)
		assert.Equal(t, 1, s.ends(), c.why)
		said := s.stderr.String()
		assert.Equal(t, 1, strings.Count(said, "\n"), "%s: %s", c.why, said)
		assert.True(t, strings.HasPrefix(said, "mayhem-live: "), said)
		assert.Contains(t, said, c.says, c.why)
	}
}

// A disk of four megabytes is a mount in a namespace of its own, for which most Linux systems ask no rights.
func TestWhenTheDatabasesDiskIsFullItEndsAndSaysSo(t *testing.T) {
	t.Parallel()
	server := startNATS(t, freePort(t)) // it writes elsewhere
	onASmallDisk(t, "data", "the database: database or disk is full", "-nats", server.url)
}

func TestWhenTheServersDiskIsFullItEndsAndSaysSo(t *testing.T) {
	t.Parallel()
	onASmallDisk(t, "data/nats", "no space left on device") // SQLite writes beside it
}

func onASmallDisk(t *testing.T, at, says string, args ...string) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "unshare", append([]string{
		"--map-root-user", "--mount", "sh", "-c",
		`mkdir -p "$0" && mount -t tmpfs -o size=4m none "$0" && exec "$@"`, at, program, "-data", "data", "-messages", "100000", "-work", "1ms",
	}, args...)...)
	cmd.Dir = t.TempDir()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	err = cmd.Run()
	if cmd.ProcessState == nil {
		notHere(t, "a small disk needs unshare(1), of util-linux: %v", err)
	}
	if said := stderr.String(); strings.Contains(said, "unshare: ") || strings.Contains(said, "mount: ") {
		t.Skipf("this system does not let us mount a small disk, and nothing that could be installed changes that: %s", said)
	}
	assert.Equal(t, 1, cmd.ProcessState.ExitCode(), stderr.String())
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	assert.True(t, strings.HasPrefix(lines[len(lines)-1], "mayhem-live: "), stderr.String())
	assert.Contains(t, lines[len(lines)-1], says)
}

// notHere skips the test, or fails it where everything is there.
func notHere(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("REQUIRE_ALL") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

func TestNothingListensUnlessAsked(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		t.Skip("there is no /proc/net/tcp to look at")
	}
	s := run(t, "-data", t.TempDir(), "-messages", "1", "-work", "1h")
	s.waitFor(1, "is taken")
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", s.cmd.Process.Pid))
	require.NoError(t, err)
	require.NotEmpty(t, fds)
	for _, fd := range fds {
		to, err := os.Readlink(fd)
		assert.False(t, err == nil && strings.HasPrefix(to, "socket:"), "%s is %s", fd, to)
	}
}

func TestHealthReadinessAndMetrics(t *testing.T) {
	t.Parallel()
	server := startNATS(t, freePort(t))
	address := fmt.Sprint("127.0.0.1:", freePort(t))
	s := run(t, "-nats", server.url, "-data", t.TempDir(), "-messages", "4", "-work", "1h", "-gone", "0", "-http", address[len("127.0.0.1"):], "-grace", "1h")
	s.waitFor(4, "is taken")
	s.waitFor(4, "is saved")
	site := "http://" + address
	is := func(status int, says string) func() bool {
		return func() bool { got, body := get(t, site+"/readyz"); return got == status && strings.Contains(body, says) }
	}
	assert.True(t, is(200, "ok")())
	require.Eventually(t, func() bool { // the backlog is looked at ten times a second
		_, metrics := get(t, site+"/metrics")
		for _, line := range []string{
			"mayhem_backlog_messages 4", "mayhem_in_flight_messages 4", "mayhem_handled_total 0",
		} {
			if !strings.Contains(metrics, "\n"+line+"\n") {
				return false
			}
		}
		return true
	}, time.Minute, 50*time.Millisecond)

	server.kill()
	require.Eventually(t, is(503, "not connected"), 10*time.Second, 20*time.Millisecond)
	status, _ := get(t, site+"/healthz")
	assert.Equal(t, 200, status, "it is alive, though not ready")
	server.start()
	require.Eventually(t, is(200, "ok"), 10*time.Second, 20*time.Millisecond)
	s.terminate()
	require.Eventually(t, is(503, "terminated signal received"), 10*time.Second, 20*time.Millisecond)
}
