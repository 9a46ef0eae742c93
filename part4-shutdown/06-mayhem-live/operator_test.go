package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A dead letter and a finished request are not the end of a host.
func TestDeadLettersAreReplayedAndANewRequestRestartsTheHostsAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	args := []string{"-data", folder, "-messages", "20", "-work", "1ms", "-fail", "0", "-tries", "1"}
	ends := func(more ...string) *child {
		s := run(t, append(args, more...)...)
		require.Zero(t, s.ends(), s.stderr.String())
		return s
	}
	assert.Len(t, ends("-gone", "1").all("a dead letter"), 20)
	assert.Empty(t, ends("-gone", "0").all("is taken"), "what is dead stays dead")
	assert.Len(t, ends("-gone", "0", "-replay").all("is acked"), 20)
	left := openLedger(t, folder, "")
	assert.Empty(t, left.letters)
	states := make(map[string]int)
	for id, state := range left.rows {
		_, _, again := strings.Cut(id, " again ")
		states[fmt.Sprint(state, " ", again)]++
	}
	assert.Equal(t, map[string]int{"dead false": 20, "handled true": 20}, states)
	assert.Empty(t, ends("-gone", "0", "-replay").all("is taken"), "nothing is replayed twice")
	assert.Len(t, ends("-gone", "0", "-request", "2").all("is acked"), 20)
}

func TestAStreamOfAnotherRetentionIsRefused(t *testing.T) {
	t.Parallel()
	server := startNATS(t, freePort(t))
	js := talk(t, server)
	var err error
	ours := jetstream.StreamConfig{Name: streamName, Subjects: []string{subject}, Retention: jetstream.WorkQueuePolicy, AllowAtomicPublish: true}
	another, small := ours, ours
	another.Retention, small.MaxMsgs = jetstream.LimitsPolicy, 10
	for says, foreign := range map[string]jetstream.StreamConfig{
		"retention Limits, not with retention WorkQueue":            another,
		"limits [10 -1 -1 -1 0s], not with limits [-1 -1 -1 -1 0s]": small,
	} {
		_, err = js.CreateStream(t.Context(), foreign)
		require.NoError(t, err)
		s := run(t, "-nats", server.url, "-data", t.TempDir())
		assert.Equal(t, 1, s.ends())
		assert.Equal(t, "mayhem-live: the stream MAYHEM is there with "+says+"\n", s.stderr.String())
		require.NoError(t, js.DeleteStream(t.Context(), streamName))
	}
}

func TestWhatIsChangedMeanwhileEndsItWithThatReason(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(ctx context.Context, js jetstream.JetStream) error{
		"the stream MAYHEM: nats: API error: code=404": func(ctx context.Context, js jetstream.JetStream) error {
			return js.DeleteStream(ctx, streamName)
		},
		"the stream MAYHEM_DEAD: nats: API error: code=404": func(ctx context.Context, js jetstream.JetStream) error {
			return js.DeleteStream(ctx, deadStreamName)
		},
		"the consumer mayhem: nats: API error: code=404": func(ctx context.Context, js jetstream.JetStream) error {
			return js.DeleteConsumer(ctx, streamName, consumerName)
		},
		"the stream MAYHEM is there with limits [10 -1 -1 -1 0s], not with": func(ctx context.Context, js jetstream.JetStream) error {
			stream, err := js.Stream(ctx, streamName)
			if err != nil {
				return err
			}
			is := stream.CachedInfo().Config
			is.MaxMsgs = 10
			_, err = js.UpdateStream(ctx, is)
			return err
		},
		"the consumer mayhem is there with -ack-wait 1s, not with -ack-wait 5s": func(ctx context.Context, js jetstream.JetStream) error {
			consumer, err := js.Consumer(ctx, streamName, consumerName)
			if err != nil {
				return err
			}
			is := consumer.CachedInfo().Config
			is.AckWait = time.Second
			_, err = js.UpdateConsumer(ctx, streamName, is)
			return err
		},
	} {
		server := startNATS(t, freePort(t))
		s := run(t, "-nats", server.url, "-data", t.TempDir(), "-messages", "1", "-work", "1h", "-grace", "10ms")
		s.waitFor(1, "is taken")
		require.NoError(t, change(t.Context(), talk(t, server)))
		assert.Equal(t, 1, s.ends(), says)
		assert.Contains(t, s.stderr.String(), "mayhem-live: "+says)
	}
}

// A look asks for the stream and then for its consumer: a stream that is deleted in between is named, too.
func TestALookNamesAStreamThatIsDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	js := talk(t, startNATS(t, freePort(t)))
	for range 100 {
		q, err := openQueue(t.Context(), js.Conn(), config{replicas: 1, ackWait: time.Minute})
		require.NoError(t, err)
		deleted := make(chan error)
		go func() { deleted <- js.DeleteStream(t.Context(), streamName) }()
		for err == nil {
			_, err = q.look(t.Context(), false)
		}
		require.NoError(t, <-deleted)
		require.ErrorIs(t, err, jetstream.ErrStreamNotFound)
		require.ErrorContains(t, err, "the stream MAYHEM: ")
	}
}

// An empty stream says that all are settled; the rows say that they are not.
func TestMessagesThatAreGoneAreNotSettled(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	args := []string{"-nats", server.url, "-data", folder, "-messages", "100", "-fail", "0", "-gone", "0", "-grace", "10ms"}
	first := run(t, append(args, "-work", "1h", "-in-flight", "5")...)
	first.waitFor(100, "is published")
	stream, err := talk(t, server).Stream(t.Context(), streamName)
	require.NoError(t, err)
	require.NoError(t, stream.Purge(t.Context()))
	assert.Equal(t, 1, first.ends(), first.stderr.String())
	assert.Contains(t, first.stderr.String(), "mayhem-live: 100 messages that were acknowledged are gone")
	second := run(t, append(args, "-work", "0")...)
	assert.Zero(t, second.ends(), second.stderr.String())
	readLedger(t.Context(), t, server.url, config{data: folder}, nil).check(t, 100)
}

// So it is, at times, when a server was killed: its consumer remembers an ack, and its stream does not.
func TestMessagesThatTheConsumerHasSkippedAreHandled(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	args := []string{"-nats", server.url, "-data", folder, "-messages", "20", "-fail", "0", "-gone", "0", "-grace", "10ms"}
	first := run(t, append(args, "-work", "1h", "-in-flight", "5")...)
	first.waitFor(20, "is published")
	first.terminate()
	require.Zero(t, first.ends(), first.stderr.String())
	_, err := talk(t, server).ResetConsumerToSequence(t.Context(), streamName, consumerName, 21)
	require.NoError(t, err)
	second := run(t, append(args, "-work", "0")...)
	assert.Zero(t, second.ends(), second.stderr.String())
	assert.Contains(t, second.stderr.String(), "the consumer has skipped messages, and begins again")
	readLedger(t.Context(), t, server.url, config{data: folder}, nil).check(t, 20)
}

func TestAnAccountThatLacksARightEndsItWithThatReason(t *testing.T) {
	t.Parallel()
	for _, right := range []string{"$JS.API.STREAM.INFO.>", "$JS.API.CONSUMER.MSG.NEXT.>", "$JS.ACK.>", subject} {
		server := startNATS(t, freePort(t), "-deny", right)
		s := run(t, "-nats", strings.Replace(server.url, "//", "//mayhem:s3cr3t@", 1), "-data", t.TempDir(), "-messages", "1", "-work", "0")
		assert.Equal(t, 1, s.ends(), right)
		assert.Contains(t, s.stderr.String(), "mayhem-live: nats: permissions violation: Permissions Violation for Publish to")
	}
}

func TestAPasswordThatIsWrongForAWhileIsAnOutage(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t), "-deny", "none"), t.TempDir()
	url, args := strings.Replace(server.url, "//", "//mayhem:s3cr3t@", 1), server.args
	s := run(t, "-nats", url, "-data", folder, "-messages", "400", "-in-flight", "20", "-work", "400ms", "-tries", "1", "-fail", "0", "-gone", "0")
	s.waitFor(20, "is acked")
	server.kill()
	server.args = append(slices.Clip(args), "-password", "another")
	server.start()
	time.Sleep(2 * time.Second) // it is refused several times
	server.kill()
	server.args = args
	server.start()
	assert.Zero(t, s.ends(), s.stderr.String())
	isAnOutage(t, s)
	assert.NotContains(t, s.stderr.String(), "s3cr3t")
	readLedger(t.Context(), t, url, config{data: folder}, nil).check(t, 400)
}

func TestADatabaseFileThatIsRemovedMeanwhileEndsItWithThatReason(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not remove a file that is open")
	}
	folder := t.TempDir()
	s := run(t, "-data", folder, "-messages", "1", "-work", "1h", "-grace", "10ms")
	s.waitFor(1, "is saved")
	require.NoError(t, os.Remove(folder+"/mayhem.db"))
	assert.Equal(t, 1, s.ends())
	assert.Contains(t, s.stderr.String(), "mayhem-live: the database: "+folder+"/mayhem.db was removed")
}

func TestMetricsAreWellNamedAndNoneIsMissing(t *testing.T) {
	t.Parallel()
	c := newCounters()
	c.failed("restart", time.Now(), nil)
	registry := c.registry(func() int { return 3 })
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
	for _, name := range []string{
		"mayhem_backlog_messages", "mayhem_in_flight_messages", "mayhem_oldest_unsettled_timestamp_seconds", "mayhem_failures_total",
		"mayhem_outages_total", "mayhem_up", "go_goroutines", "process_cpu_seconds_total",
	} {
		n, err := testutil.GatherAndCount(registry, name)
		require.NoError(t, err)
		assert.NotZero(t, n, name)
	}
}

// site is the address that a service with -http :0 says.
func (s *child) site() string {
	s.t.Helper()
	s.waitFor(1, "answers at http://127.0.0.1:")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.steps {
		if address, ok := strings.CutPrefix(line, "http answers at "); ok {
			return address
		}
	}
	return ""
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	answer, err := client.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}

func TestItIsNotReadyWhenMessagesWaitAndNoneIsSettled(t *testing.T) {
	t.Parallel()
	s := run(t, "-data", t.TempDir(), "-messages", "2", "-work", "1h", "-stuck", "1s", "-http", ":0", "-pprof")
	site := s.site()
	s.waitFor(2, "is taken")
	require.Eventually(t, func() bool {
		status, body := get(t, site+"/readyz")
		return status == 503 && strings.Contains(body, "messages wait, and none was settled for 1s")
	}, time.Minute, 50*time.Millisecond)
	status, body := get(t, site+"/debug/pprof/goroutine?debug=1")
	assert.Equal(t, 200, status)
	assert.Contains(t, body, "06-mayhem-live.(*service)")
	_, body = get(t, site+"/metrics")
	assert.Contains(t, body, "mayhem_in_flight_messages 2\n")
}

func TestTheLogIsJSONIfAsked(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := run(t, "-data", folder, "-messages", "100", "-work", "1ms", "-fail", "0", "-gone", "0.5", "-tries", "1", "-json")
	require.Zero(t, s.ends(), s.stderr.String())
	messages := make(map[string]int)
	for line := range strings.Lines(s.stderr.String()) {
		var record struct{ Level, Msg string }
		require.NoError(t, json.Unmarshal([]byte(line), &record), line)
		messages[record.Level+" "+record.Msg]++
	}
	assert.Equal(t, len(s.all("a dead letter")), messages["WARN a message is a dead letter"])
}

func TestASecretIsHiddenInEachFormThatAnErrorMayQuote(t *testing.T) {
	t.Parallel()
	for _, c := range []config{
		{nats: `nats://u:p%22a%20zq@a:1,nats://u:p%22a%20zq@b:1`},
		{db: `postgres://u:p%22a%20zq@h/d`},
		{db: `host=h password='p"a zq' user=u`},
		{db: `postgres://u@h/d?password=p%22a%20zq`},
		{nats: `nats://p%22a%20zq@a:1`},
		{nats: `p%22a%20zq@a:1`},
		{nats: `u:p%22a%20zq@a:1`},
	} {
		require.NoError(t, c.parse())
		hidden := hide(c.secrets)
		for _, said := range []string{`p"a zq`, `p%22a%20zq`, `p%22a+zq`, fmt.Sprintf("%q", `p"a zq`), c.nats + c.db} {
			assert.NotContains(t, hidden.Replace("connect: "+said), "zq", "%s of %+v", said, c.nats+c.db)
		}
	}
}

// With blocks of the stream gone, what was acknowledged is told as gone and published again.
func TestATruncatedStreamIsToldAndMadeGood(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := run(t, "-data", folder, "-messages", "3000", "-work", "1h", "-in-flight", "10")
	first.waitFor(3000, "is published")
	first.kill()
	blocks, err := filepath.Glob(folder + "/nats/jetstream/$G/streams/MAYHEM/msgs/*.blk")
	require.NoError(t, err)
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		info, err := os.Stat(block)
		require.NoError(t, err)
		require.NoError(t, os.Truncate(block, info.Size()/3))
	}
	second := run(t, "-data", folder, "-work", "1ms", "-fail", "0", "-gone", "0") // it publishes nothing of its own
	second.waitFor(3000, "is restarted")
	second.terminate()
	require.Zero(t, second.ends(), second.stderr.String())
	third := run(t, "-data", folder, "-messages", "3000") // what was not gone is there twice, and is acked
	require.Zero(t, third.ends(), third.stderr.String())
	assert.Empty(t, third.all("is taken"))
	assert.Contains(t, second.stderr.String(), `level=ERROR msg="messages that were acknowledged are gone from the stream"`)
	openLedger(t, folder, "").check(t, 3000)
}

func TestADamagedDatabaseIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := run(t, "-data", folder, "-messages", "3000", "-work", "1ms", "-fail", "0", "-gone", "0")
	require.Zero(t, first.ends(), first.stderr.String())
	file, err := os.OpenFile(folder+"/mayhem.db", os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = file.WriteAt([]byte(strings.Repeat("\xff", 8192)), 5*4096)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	second := run(t, "-data", folder, "-messages", "3000")
	assert.Equal(t, 1, second.ends())
	assert.Contains(t, second.stderr.String(), "mayhem-live: the database: ")
	assert.Equal(t, 1, strings.Count(second.stderr.String(), "\n"), second.stderr.String())
}

func TestADatabaseThatIsDamagedMeanwhileEndsItWithThatReason(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	old, err := openTable(ctx, config{data: folder}, newCounters(), end)
	require.NoError(t, err)
	for batch := range 50 { // more than SQLite keeps in memory
		rows := make(map[string]row)
		for i := range 2000 {
			rows[fmt.Sprint("1/web-", 20_001+2000*batch+i)] = row{host: "web", state: handled}
		}
		_, err = old.put(ctx, rows)
		require.NoError(t, err)
	}
	require.NoError(t, old.db.Close())
	s := run(t, "-data", folder, "-messages", "20000", "-in-flight", "1000", "-work", "1s", "-fail", "0", "-gone", "0", "-grace", "10ms")
	s.waitFor(1000, "is taken")
	file, err := os.OpenFile(folder+"/mayhem.db", os.O_RDWR, 0)
	require.NoError(t, err)
	info, err := file.Stat()
	require.NoError(t, err)
	for at := info.Size() / 4; at < info.Size()*3/4; at += 4096 {
		_, err = file.WriteAt([]byte(strings.Repeat("\xff", 4096)), at)
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
	assert.Equal(t, 1, s.ends())
	assert.Contains(t, s.stderr.String(), "mayhem-live: the database: ")
}

// The second one comes while the first publishes and settles.
func TestWhatIsPublishedAndSettledMeanwhileIsNotGone(t *testing.T) {
	t.Parallel()
	server, folder := startNATS(t, freePort(t)), t.TempDir()
	args := []string{"-nats", server.url, "-data", folder, "-fail", "0", "-gone", "0", "-work", "0"}
	first := run(t, append(args, "-messages", "20000")...)
	for range 5 {
		second := run(t, append(args, "-http", ":0")...)
		second.site() // it has compared
		second.terminate()
		assert.Zero(t, second.ends(), second.stderr.String())
		assert.NotContains(t, second.stderr.String(), "gone")
	}
	assert.Zero(t, first.ends(), first.stderr.String())
}

func TestTemporaryFoldersGoHoweverItEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args   []string
		status int
		signal bool
	}{
		{[]string{"-messages", "5", "-work", "1ms"}, 0, false},
		{[]string{"-messages", "5", "-work", "1h", "-grace", "10ms"}, 0, true},
		{[]string{"-replicas", "3"}, 1, false},
	} {
		temporary := t.TempDir()
		s := runIn(t, []string{"TMPDIR=" + temporary, "TMP=" + temporary}, c.args...)
		if c.signal {
			s.waitFor(5, "is taken")
			s.terminate()
		}
		assert.Equal(t, c.status, s.ends(), s.stderr.String())
		left, err := os.ReadDir(temporary)
		require.NoError(t, err)
		assert.Empty(t, left, c.args)
	}
}
