package main

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// postgres gives the test a schema of its own in the database at MAYHEM_POSTGRES, and returns the URL of it.
func postgres(t *testing.T) (string, *sql.DB) {
	t.Helper()
	at := os.Getenv("MAYHEM_POSTGRES")
	if at == "" {
		notHere(t, "MAYHEM_POSTGRES is not set: it names a database for the tests, postgres://user@host/database")
	}
	db, err := sql.Open("pgx", at)
	require.NoError(t, err)
	schema := fmt.Sprintf("mayhem_%d", time.Now().UnixNano())
	_, err = db.ExecContext(t.Context(), "CREATE SCHEMA "+schema)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("DROP SCHEMA " + schema + " CASCADE") //nolint:noctx // the test's context has ended
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	u, err := url.Parse(at)
	require.NoError(t, err)
	q := u.Query()
	q.Set("search_path", schema)
	q.Set("application_name", schema)
	u.RawQuery = q.Encode()
	return u.String(), db
}

func TestPostgreSQLTakesTheSameSQL(t *testing.T) {
	t.Parallel()
	at, _ := postgres(t)
	rowsKeepTheirPromise(t, config{db: at})
}

func TestTwoProcessesShareTheWorkAndPostgreSQL(t *testing.T) {
	t.Parallel()
	at, _ := postgres(t)
	server := startNATS(t, freePort(t))
	shareTheWork(t, server.url, config{db: at}, "-db", at)
}

func TestKilledAgainAndAgainWithPostgreSQL(t *testing.T) {
	t.Parallel()
	at, _ := postgres(t)
	const n = 2000
	folder := t.TempDir()
	killedAndStartedAgain(t, 99, n, "-data", folder, "-db", at)
	openLedger(t, folder, at).check(t, n)
}

// Its connections break in the middle of the work, again and again.
func TestPostgreSQLIsAwayAndItGoesOn(t *testing.T) {
	t.Parallel()
	at, db := postgres(t)
	u, err := url.Parse(at)
	require.NoError(t, err)
	folder := t.TempDir()
	s := run(t, "-data", folder, "-db", at, "-messages", "500", "-in-flight", "50", "-work", "100ms", "-backoff", "50ms")
	for i := range 5 {
		s.reaches(50+50*i, "is acked")
		_, err := db.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
			u.Query().Get("application_name"))
		require.NoError(t, err)
	}
	require.Zero(t, s.ends(), s.stderr.String())
	noneIsHandledAgain(t, s)
	openLedger(t, folder, at).check(t, 500)
}

// It takes the statement and does not answer: an outage, as soon as that has lasted for three seconds.
func TestPostgreSQLDoesNotAnswerAndItSaysSo(t *testing.T) {
	t.Parallel()
	at, db := postgres(t)
	u, err := url.Parse(at)
	require.NoError(t, err)
	folder := t.TempDir()
	s := run(t, "-data", folder, "-db", at, "-messages", "200", "-in-flight", "20", "-work", "1s", "-tries", "1", "-fail", "0", "-gone", "0", "-http", ":0")
	site := s.site()
	s.waitFor(5, "is acked")
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer tx.Rollback() //nolint:errcheck // below, unless the test fails
	_, err = tx.ExecContext(t.Context(), "LOCK TABLE "+u.Query().Get("search_path")+".messages")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		status, body := get(t, site+"/readyz")
		return status == 503 && strings.Contains(body, "the database: does not commit")
	}, time.Minute, 50*time.Millisecond)
	require.NoError(t, tx.Rollback())
	require.Zero(t, s.ends(), s.stderr.String())
	assert.Contains(t, s.stderr.String(), `"an outage ends" part=database`)
	noneIsHandledAgain(t, s)
	left := openLedger(t, folder, at)
	left.check(t, 200)
	assert.Empty(t, left.letters)
}

// One row that PostgreSQL refuses is found among the others and is a dead letter; the others are handled.
func TestARowThatPostgreSQLRefusesStopsNoOtherRow(t *testing.T) {
	t.Parallel()
	at, db := postgres(t)
	first := run(t, "-data", t.TempDir(), "-db", at, "-messages", "1", "-work", "1ms", "-fail", "0", "-gone", "0")
	require.Zero(t, first.ends(), first.stderr.String()) // the table is there
	u, err := url.Parse(at)
	require.NoError(t, err)
	schema := u.Query().Get("search_path")
	_, err = db.ExecContext(t.Context(), fmt.Sprintf(`CREATE FUNCTION %[1]s.refuse() RETURNS trigger AS $$ BEGIN
		IF NEW.host = 'web-77' AND NEW.state = 'handled' THEN RAISE 'web-77 is cursed' USING ERRCODE = '22000'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql;
		CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON %[1]s.messages FOR EACH ROW EXECUTE FUNCTION %[1]s.refuse()`, schema))
	require.NoError(t, err)
	folder := t.TempDir()
	s := run(t, "-data", folder, "-db", at, "-messages", "200", "-work", "0", "-fail", "0", "-gone", "0")
	require.Zero(t, s.ends(), s.stderr.String())
	left := openLedger(t, folder, at)
	assert.Equal(t, []string{"1/web-77"}, left.letters)
	assert.Equal(t, "dead", left.rows["1/web-77"])
	assert.Len(t, s.all("is acked"), 198)
	assert.Contains(t, s.stderr.String(), "web-77 is cursed")
}
