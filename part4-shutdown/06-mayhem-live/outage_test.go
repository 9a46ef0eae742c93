package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A cluster is a PostgreSQL of the test's own, which it may stop.
type cluster struct {
	t        *testing.T
	bin, dir string
}

func startPostgres(t *testing.T) cluster {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		notHere(t, "PostgreSQL's initdb is not in /usr/lib/postgresql")
	}
	dir, err := os.MkdirTemp("", "mayhem-pg") //nolint:usetesting // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c := cluster{t, filepath.Dir(found[len(found)-1]), dir}
	if os.Getuid() == 0 { // it does not run as root
		postgres, err := user.Lookup("postgres")
		require.NoError(t, err)
		uid, err := strconv.Atoi(postgres.Uid)
		require.NoError(t, err)
		require.NoError(t, os.Chown(dir, uid, -1))
	}
	c.do("initdb", "-D", dir+"/data", "-U", "mayhem", "-A", "trust", "--no-sync")
	c.start()
	t.Cleanup(func() { _ = c.command("pg_ctl", "-D", dir+"/data", "-m", "immediate", "stop").Run() })
	return c
}

func (c cluster) url() string {
	return "postgres://mayhem:s3cr3t@/postgres?" + url.Values{"host": {c.dir}}.Encode()
}

func (c cluster) command(name string, args ...string) *exec.Cmd {
	args = append([]string{filepath.Join(c.bin, name)}, args...)
	if os.Getuid() == 0 {
		args = append([]string{"runuser", "-u", "postgres", "--"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // a test's
	cmd.Dir = c.dir
	return cmd
}

func (c cluster) do(name string, args ...string) {
	c.t.Helper()
	require.NoError(c.t, c.command(name, args...).Run(), name)
}

func (c cluster) start() {
	c.t.Helper()
	c.do("pg_ctl", "-D", c.dir+"/data", "-l", c.dir+"/log", "-o", "-k "+c.dir+" -h ''", "-w", "-t", "120", "start")
}

func (c cluster) stop() {
	c.t.Helper()
	c.do("pg_ctl", "-D", c.dir+"/data", "-m", "immediate", "-w", "stop")
}

func TestPostgreSQLIsStoppedForLongerThanADeliveryHoldsAndNothingIsADeadLetter(t *testing.T) {
	t.Parallel()
	n, away := 3000, []time.Duration{4 * time.Second}
	if *long {
		n, away = 20_000, []time.Duration{10 * time.Second, 30 * time.Second}
	}
	pg, folder := startPostgres(t), t.TempDir()
	s := run(t, "-data", folder, "-db", pg.url(), "-messages", itoa(n), "-in-flight", "100", "-work", "200ms",
		"-ack-wait", "1s", "-tries", "2", "-fail", "0", "-gone", "0")
	for i, pause := range away {
		s.waitFor(100+i*n/2, "is acked")
		pg.stop()
		time.Sleep(pause) // several times what a delivery holds
		pg.start()
	}
	require.Zero(t, s.ends(), s.stderr.String())
	left := openLedger(t, folder, pg.url())
	left.check(t, n)
	assert.Empty(t, left.letters, "an outage of the database is no failed attempt")
	noneIsHandledAgain(t, s)
	said := s.stderr.String()
	for _, line := range []string{"an outage begins", "an outage ends"} {
		assert.Equal(t, len(away), strings.Count(said, `msg="`+line+`" part=database`), said)
	}
	assert.NotContains(t, said, "s3cr3t")
}

func TestSlowWorkUsesUpNoAttemptOfWhatWaits(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	s := run(t, "-nats", server.url, "-data", folder, "-messages", "40", "-in-flight", "4", "-work", "1s", "-ack-wait", "1s", "-tries", "1",
		"-fail", "0", "-gone", "0")
	require.Zero(t, s.ends(), s.stderr.String())
	left := readLedger(t.Context(), t, server.url, config{data: folder}, nil)
	left.check(t, 40)
	assert.Empty(t, left.letters)
}

func TestWhatIsNoMessageIsADeadLetterAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	s := run(t, "-nats", server.url, "-data", folder)
	js := talk(t, server)
	require.Eventually(t, func() bool { _, err := js.Consumer(t.Context(), streamName, consumerName); return err == nil },
		time.Minute, 20*time.Millisecond)
	large := strings.Repeat("x", 1<<20-300) // with the reason it would be too large
	want := map[string]string{
		"a\x00b": "its host has a NUL byte or another control character", "none": "it has no id", "bad id": "its id is not UTF-8",
		large[:1<<19]: "its host is longer than 255 bytes", "long id": "its id is longer than 255 bytes", " web-2": "its host begins or ends with a space",
	}
	for host, id := range map[string]string{
		"a\x00b": "1", "none": "", "bad id": "web-\xff", large: "2", "long id": strings.Repeat("y", 256), " web-2": "3",
	} {
		msg := &nats.Msg{Subject: subject, Data: []byte(host), Header: nats.Header{}}
		if id != "" {
			msg.Header.Set(jetstream.MsgIDHeader, id)
		}
		_, err := js.PublishMsg(t.Context(), msg)
		require.NoError(t, err)
	}
	good := &nats.Msg{Subject: subject, Data: []byte("web-1"), Header: nats.Header{"Status": {"404"}}} // the server's answers have that, too
	_, err := js.PublishMsg(t.Context(), good, jetstream.WithMsgID("good"))
	require.NoError(t, err)
	s.waitFor(1, "is acked")
	letters, err := js.Stream(t.Context(), deadStreamName)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		info, err := letters.Info(t.Context())
		return err == nil && int(info.State.Msgs) == len(want)
	}, time.Minute, 20*time.Millisecond)
	got := make(map[string]string)
	for seq := range uint64(len(want)) {
		letter, err := letters.GetMsg(t.Context(), seq+1)
		require.NoError(t, err)
		got[string(letter.Data)] = letter.Header.Get("Mayhem-Reason")
	}
	assert.Equal(t, want, got)
	s.terminate()
	require.Zero(t, s.ends(), s.stderr.String())

	again := run(t, "-nats", server.url, "-data", folder, "-replay")
	again.waitFor(3, "is acked") // their hosts are in order
	again.terminate()
	require.Zero(t, again.ends(), again.stderr.String())
	info, err := letters.Info(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, len(want)-3, info.State.Msgs, "the others cannot be replayed, and stay")
	for id, state := range rowsOf(t.Context(), t, config{data: folder}) {
		assert.Equal(t, "handled", state, "%s has a row", id)
	}
}

func TestAnotherAckWaitIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	server := startNATS(t, freePort(t))
	first := run(t, "-nats", server.url, "-data", t.TempDir(), "-messages", "1", "-work", "1h")
	first.waitFor(1, "is taken")
	second := run(t, "-nats", server.url, "-data", t.TempDir(), "-ack-wait", "1s")
	assert.Equal(t, 1, second.ends())
	assert.Contains(t, second.stderr.String(), "the consumer mayhem is there with -ack-wait 5s, not with -ack-wait 1s\n")
}

func TestNoPasswordIsSaid(t *testing.T) {
	t.Parallel()
	unserved := fmt.Sprint("127.0.0.1:", freePort(t))
	for _, args := range [][]string{
		{"-nats", "nats://admin:s3cr3t@" + unserved},
		{"-nats", "nats://s3cr3t@" + unserved},
		{"-nats", "admin:s3cr3t@" + unserved},
		{"-db", "postgres://admin:s3cr3t@" + unserved + "/mayhem"},
		{"-db", "host=127.0.0.1 port=1 user=admin password=s3cr3t"},
	} {
		s := run(t, args...)
		assert.Equal(t, 1, s.ends(), "%q", args)
		assert.NotEmpty(t, s.stderr.String())
		assert.NotContains(t, s.stderr.String(), "s3cr3t")
	}
}

// What is no URL may hold a password anywhere.
func TestAURLThatCannotBeParsedIsRefusedUnseen(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-nats", "nats://admin:s3cr3t@bad host:x"},
		{"-nats", "nats://admin:x/s3cr3t@h"},
		{"-nats", "nats://admin:x s3cr3t@h"},
		{"-nats", "nats://admin:x,s3cr3t@h"},
		{"-nats", "nats://admin:x#s3cr3t@h"},
		{"-nats", "nats://x/s3cr3t@h"},
		{"-nats", " "},
		{"-db", "mysql://admin:s3cr3t@h/mayhem"},
		{"-db", "postgres://admin@h/mayhem?password=s3cr3t&sslmode=bad"},
		{"-db", "postgres://admin:x/s3cr3t@h/mayhem"},
		{"-db", "postgres://admin:x@s3cr3t@h/mayhem"},
		{"-db", "host=h password=x s3cr3t"},
		{"nats://admin:s3cr3t@h"},
	} {
		s := run(t, args...)
		assert.Equal(t, 2, s.ends(), args)
		assert.Equal(t, 1, strings.Count(s.stderr.String(), "\n"), s.stderr.String())
		assert.NotContains(t, s.stderr.String(), "s3cr3t")
	}
}

func TestFlagsThatMakeNoSenseAreRefusedInOneLine(t *testing.T) {
	t.Parallel()
	for flag, args := range map[string][]string{
		"-in-flight": {"-in-flight", "-3"}, "-seed": {"-seed", "x"}, "-log": {"-log", "loud"}, "-pprof": {"-pprof", "-http", "0.0.0.0:0"}, "-keep": {"-keep", "1s"}, "-ack-wait": {"-ack-wait", "1ns"}, "-fail": {"-fail", "7"}, "-gone": {"-gone", "NaN"},
		"-tries": {"-tries", "0"}, "-grace": {"-grace", "-1s"}, "-replicas": {"-replicas", "0"},
		"-sync": {"-sync", "-nats", "nats://x", "-db", "postgres://y"}, "-listen": {"-listen", ":0", "-nats", "nats://x"},
		"-http": {"-http", "here"}, "-messages": {"-messages", "9223372036854775807"}, "-request": {"-request", "a/b"}, "-request ": {"-request", " a"},
	} {
		s := run(t, args...)
		assert.Equal(t, 2, s.ends(), flag)
		assert.Equal(t, 1, strings.Count(s.stderr.String(), "\n"), s.stderr.String())
		assert.Contains(t, s.stderr.String(), strings.TrimSpace(flag))
	}
}
