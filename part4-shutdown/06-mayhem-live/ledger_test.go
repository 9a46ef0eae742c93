package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A ledger is what is left when all services have ended.
type ledger struct {
	rows    map[string]string // by id
	letters []string          // dead letters
	waiting uint64            // messages that are not settled
}

// openLedger reads it from the folder of a server that has ended, and from the database at url, or from SQLite there.
func openLedger(t *testing.T, folder, url string) ledger {
	t.Helper()
	c := config{data: folder, db: url, replicas: 1, ackWait: time.Minute}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	nc, shutdown, err := connect(ctx, c, newCounters(), cancel)
	require.NoError(t, err)
	defer shutdown()
	return readLedger(ctx, t, nc.ConnectedUrl(), c, nc)
}

func rowsOf(ctx context.Context, t *testing.T, c config) map[string]string {
	t.Helper()
	driver, source := "pgx", c.db
	if c.db == "" {
		driver, source = "sqlite", sqliteURL(c.file("mayhem.db"))
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	found, err := db.QueryContext(ctx, "SELECT id, state FROM messages")
	require.NoError(t, err)
	defer func() { require.NoError(t, found.Close()) }()
	rows := make(map[string]string)
	for found.Next() {
		var id, state string
		require.NoError(t, found.Scan(&id, &state))
		require.NotContains(t, rows, id)
		rows[id] = state
	}
	require.NoError(t, found.Err())
	return rows
}

// check checks that each message of web-1 to web-n was handled or is a dead letter, and none both.
func (l ledger) check(t *testing.T, n int) {
	t.Helper()
	assert.Zero(t, l.waiting, "messages that are not settled")
	assert.Len(t, l.rows, n)
	letters := make(map[string]bool)
	for _, id := range l.letters {
		assert.False(t, letters[id], "%s is a dead letter twice", id)
		letters[id] = true
	}
	for i := range n {
		id := fmt.Sprint("1/web-", i+1)
		want := "handled"
		if letters[id] {
			want = "dead"
		}
		assert.Equal(t, want, l.rows[id], "%s", id)
	}
}

// noneIsHandledAgain checks that no message is begun after its ack was said, in any process. The services have run one after the other.
func noneIsHandledAgain(t *testing.T, services ...*child) {
	t.Helper()
	acked := make(map[string]int)
	for i, s := range services {
		for _, line := range s.steps {
			task, what, _ := strings.Cut(line, " ")
			by, was := acked[task]
			switch {
			case !was:
			case strings.HasPrefix(what, "is taken"), what == "is restarted", what == "is acked":
				t.Errorf("%s was acked by run %d, and run %d says that it %s", task, by, i, what)
			}
			if what == "is acked" {
				acked[task] = i
			}
		}
	}
}

// published are the hosts whose message the server has acknowledged.
func published(services ...*child) map[string]bool {
	hosts := make(map[string]bool)
	for _, s := range services {
		for _, line := range s.steps {
			if host, ok := strings.CutSuffix(strings.TrimPrefix(line, "publisher "), " is published"); ok {
				hosts[host] = true
			}
		}
	}
	return hosts
}

// readLedger reads what is left on a server.
func readLedger(ctx context.Context, t *testing.T, urls string, c config, nc *nats.Conn) ledger {
	t.Helper()
	if nc == nil {
		var err error
		nc, err = nats.Connect(urls)
		require.NoError(t, err)
		defer nc.Close()
	}
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	persist := func(ask func() error) { // a cluster that has lost its leader says for a while that it is not available
		t.Helper()
		require.Eventually(t, func() bool { return ask() == nil }, time.Minute, 50*time.Millisecond)
	}
	var stream, letters jetstream.Stream
	persist(func() (err error) { stream, err = js.Stream(ctx, streamName); return err })
	l := ledger{rows: rowsOf(ctx, t, c), waiting: stream.CachedInfo().State.Msgs}
	persist(func() (err error) { letters, err = js.Stream(ctx, deadStreamName); return err })
	for seq := range letters.CachedInfo().State.LastSeq {
		var letter *jetstream.RawStreamMsg
		persist(func() (err error) {
			letter, err = letters.GetMsg(ctx, seq+1)
			if errors.Is(err, jetstream.ErrMsgNotFound) { // it was replayed
				return nil
			}
			return err
		})
		if letter == nil {
			continue
		}
		require.NotEmpty(t, letter.Header.Get("Mayhem-Reason"))
		l.letters = append(l.letters, letter.Header.Get(jetstream.MsgIDHeader))
	}
	return l
}
