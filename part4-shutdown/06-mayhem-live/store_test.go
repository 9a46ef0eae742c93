package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSQLiteTakesTheSameSQL(t *testing.T) { rowsKeepTheirPromise(t, config{data: t.TempDir()}) }

func rowsKeepTheirPromise(t *testing.T, c config) {
	t.Helper()
	table, err := openTable(t.Context(), c, newCounters(), func(err error) { t.Errorf("the program would end: %v", err) })
	require.NoError(t, err)
	defer func() { require.NoError(t, table.db.Close()) }()
	put := func(rows map[string]row) {
		t.Helper()
		refused, err := table.put(t.Context(), rows)
		require.NoError(t, err)
		require.Empty(t, refused)
	}
	const n = 3000
	many := make(map[string]row)
	for i := range n {
		many[fmt.Sprint("web-", i)] = row{host: "it's", state: saved}
	}
	put(many)
	put(many) // twice is harmless
	put(map[string]row{"web-1": {host: "it's", state: handled}, "new": {"new", dead, 5, "host down"}})
	put(map[string]row{"web-1": {host: "it's", state: saved, attempts: 3}}) // late: changes nothing
	put(map[string]row{"web-0": {"it's", saved, 2, "host down"}})
	put(map[string]row{"web-0": {host: "it's", state: saved}}) // the next attempt forgets none

	known, err := table.find(t.Context(), map[string]bool{"web-0": true, "web-1": true, "new": true, "unknown": true})
	require.NoError(t, err)
	assert.Equal(t, map[string]row{
		"web-0": {state: saved, attempts: 2, reason: "host down"}, "web-1": {state: handled}, "new": {state: dead, attempts: 5, reason: "host down"},
	}, known)
	total := func(prefix string) [3]int {
		all, handled, dead, err := table.total(t.Context(), prefix)
		require.NoError(t, err)
		return [3]int{all, handled, dead}
	}
	assert.Equal(t, [3]int{n + 1, 1, 1}, total(""))
	assert.Equal(t, [3]int{n, 1, 0}, total("web-"))

	require.NoError(t, table.exec(t.Context(), forget, time.Now().Add(-time.Minute).Unix())) // nothing is so old
	require.NoError(t, table.exec(t.Context(), forget, time.Now().Add(2*time.Second).Unix()))
	assert.Equal(t, [3]int{n - 1, 0, 0}, total(""), "what is settled is forgotten, and nothing else")

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = table.put(ended, many)
	require.ErrorIs(t, err, context.Canceled)
}
