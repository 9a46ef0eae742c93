package main

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

func TestSQLiteTakesTheSameSQL(t *testing.T) { rowsKeepTheirPromise(t, config{data: t.TempDir()}) }

func rowsKeepTheirPromise(t *testing.T, c config) {
	t.Helper()
	count := newStats()
	s, err := openStore(t.Context(), c, count, func(err error) { t.Errorf("the program would end: %v", err) })
	require.NoError(t, err)
	defer s.close()
	m := func(id string) mayhem.Message { return mayhem.Message{ID: id, Host: "it's " + id} }

	const n = 3000 // more than a commit takes
	var savers sync.WaitGroup
	for i := range n {
		savers.Go(func() {
			for range 2 { // twice is harmless
				assert.NoError(t, s.Save(t.Context(), m(fmt.Sprint("web-", i))))
			}
		})
	}
	savers.Wait()
	assert.Less(t, count.commits.Load(), int64(n/10), "nobody has shared a commit")

	require.NoError(t, s.mark(t.Context(), "web-1", row{State: handled}))
	require.NoError(t, s.Save(t.Context(), m("web-1"))) // late: changes nothing
	require.NoError(t, s.mark(t.Context(), "new", row{"new", dead, 5, "host down"}))
	rows := rowsOf(t.Context(), t, c)
	assert.Len(t, rows, n+1)
	assert.Equal(t, []string{"saved", "handled", "dead"}, []string{rows["web-0"], rows["web-1"], rows["new"]})

	var asked []mayhem.Delivery
	for _, id := range []string{"web-0", "web-1", "new", "unknown"} {
		asked = append(asked, mayhem.Delivery{Message: m(id)})
	}
	require.NoError(t, s.mark(t.Context(), "web-0", row{State: saved, Attempts: 2, Reason: "host down"}))
	require.NoError(t, s.Save(t.Context(), m("web-0"))) // the next attempt forgets none
	known, err := s.lookUp(t.Context(), asked)
	require.NoError(t, err)
	assert.Equal(t, map[string]row{
		"web-0": {State: saved, Attempts: 2, Reason: "host down"}, "web-1": {State: handled}, "new": {State: dead, Attempts: 5, Reason: "host down"},
	}, known)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Save(ended, m("web-0")), context.Canceled)
}
