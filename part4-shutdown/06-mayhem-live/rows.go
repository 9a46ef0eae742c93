package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The same SQL for SQLite and PostgreSQL: both have json_each, so that a statement takes any number of rows as one argument.
const (
	create = `CREATE TABLE IF NOT EXISTS messages (id text PRIMARY KEY, host text NOT NULL, state text NOT NULL,
		attempts integer NOT NULL, reason text NOT NULL, at bigint NOT NULL)`
	upsert = `INSERT INTO messages (id, host, state, attempts, reason, at)
		SELECT key, value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), value ->> 3, CAST($2 AS bigint) FROM json_each($1) WHERE true
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, reason = excluded.reason, at = excluded.at
		WHERE messages.state = 'saved' AND (excluded.state <> 'saved' OR excluded.attempts > messages.attempts)`
	known  = `SELECT id, state, attempts, reason FROM messages WHERE id IN (SELECT key FROM json_each($1))`
	behind = `SELECT id, host FROM messages WHERE state = 'saved' AND id > $1 ORDER BY id LIMIT 500`
	forget = `DELETE FROM messages WHERE state <> 'saved' AND at < $1`
	reckon = `SELECT count(*), count(CASE state WHEN 'handled' THEN 1 END), count(CASE state WHEN 'dead' THEN 1 END) FROM messages
		WHERE substr(id, 1, length(CAST($1 AS text))) = $1`
)

// A row is what is known of a message. Saving it twice changes nothing; handled and dead are final.
type row struct {
	host     string
	state    string
	attempts int    // how many have failed
	reason   string // why the last one failed
}

// MarshalJSON implements [json.Marshaler].
func (r row) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{r.host, r.state, r.attempts, r.reason})
}

const (
	saved   = "saved"   // known, and not settled
	handled = "handled" // its host was restarted
	dead    = "dead"
)

// A table keeps a row for each message. While the database is away its methods try again and again, until their ctx ends.
type table struct {
	db    *sql.DB
	count *counters
	end   context.CancelCauseFunc // ends the program
	file  string                  // SQLite's
	is    os.FileInfo             // that file; nil: it is PostgreSQL
}

func openTable(ctx context.Context, c config, count *counters, end context.CancelCauseFunc) (*table, error) {
	statement, driver, source, most := create, "pgx", c.db, 4
	if c.db == "" {
		pragmas := []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)"} // the timeout first: WAL needs it
		if c.sync {
			pragmas[2] = "synchronous(FULL)"
		}
		statement, driver, source, most = create+" WITHOUT ROWID", "sqlite", sqliteURL(c.file("mayhem.db"), pragmas...), 1
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, fmt.Errorf("the database: %w", err)
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	patience, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	t := &table{db: db, count: count, end: end, file: c.file("mayhem.db")}
	err = t.begin(patience, statement)
	// Another process may open the file, for which WAL does not wait, or create the table.
	for again := c.db != ""; err != nil && (again || class(err) == "busy") && wait(patience, 50*time.Millisecond) == nil; again = false {
		err = t.begin(patience, statement)
	}
	if c.db == "" && err == nil {
		says := "ok" // looking may take a minute where there are many rows
		if t.is, err = os.Stat(t.file); err == nil {
			err = db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&says)
		}
		if err == nil && says != "ok" {
			err = fmt.Errorf("the file is damaged: %s", says)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the database: %w", err), db.Close())
	}
	return t, nil
}

// begin creates the table, or makes sure that the one that is there takes our rows: it may be another program's.
func (t *table) begin(ctx context.Context, statement string) error {
	if _, err := t.db.ExecContext(ctx, statement); err != nil {
		return err
	}
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it leaves nothing
	rows := make(map[string]row)
	for _, state := range []string{saved, handled, dead} {
		longest := (state + strings.Repeat(" x", 128))[:255]
		rows[longest] = row{longest, state, 1, longest}
	}
	argument, err := json.Marshal(rows)
	if err == nil {
		_, err = tx.ExecContext(ctx, upsert, string(argument), time.Now().Unix())
	}
	return err
}

// moved says that the file that was opened is not there any more: what is written to it will be lost.
func (t *table) moved() error {
	if is, err := os.Stat(t.file); t.is == nil || err == nil && os.SameFile(is, t.is) {
		return nil
	}
	return fmt.Errorf("the database: %s was removed", t.file)
}

func sqliteURL(file string, pragmas ...string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath() + "?" + url.Values{"_pragma": pragmas}.Encode()
}

// put commits the rows. Those that the database refuses, it returns with the reason; the others are committed all the same. An error
// says that ctx has ended or the program has to; the rows may be committed nevertheless.
func (t *table) put(ctx context.Context, rows map[string]row) (refused map[string]error, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if err = t.write(ctx, rows); !refusal(err) {
		return nil, err
	}
	refused = make(map[string]error)
	for id, r := range rows {
		if err = t.write(ctx, map[string]row{id: r}); refusal(err) { // alone
			refused[id] = err
		} else if err != nil {
			return nil, err
		}
	}
	return refused, nil
}

func (t *table) write(ctx context.Context, rows map[string]row) error {
	argument, err := json.Marshal(rows) // sorted by id, so that two processes cannot deadlock
	if err != nil {
		return err
	}
	return t.exec(ctx, upsert, string(argument), time.Now().Unix())
}

// find returns the rows that there are of these ids.
func (t *table) find(ctx context.Context, ids map[string]bool) (rows map[string]row, err error) {
	argument, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	err = t.untilItWorks(ctx, func(ctx context.Context) error {
		rows = make(map[string]row, len(ids))
		return t.each(ctx, func(found *sql.Rows) (err error) {
			var id string
			var r row
			if err = found.Scan(&id, &r.state, &r.attempts, &r.reason); err == nil {
				rows[id] = r
			}
			return err
		}, known, string(argument))
	})
	return rows, err
}

// each calls scan for each row that is found.
func (t *table) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	found, err := t.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer found.Close() //nolint:errcheck // Err says what went wrong
	for found.Next() {
		if err := scan(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// unsettled returns the next messages behind an id that are not settled.
func (t *table) unsettled(ctx context.Context, id string) (ms []*message, err error) {
	err = t.untilItWorks(ctx, func(ctx context.Context) error {
		ms = nil
		return t.each(ctx, func(found *sql.Rows) error {
			m := new(message)
			ms = append(ms, m)
			return found.Scan(&m.id, &m.host)
		}, behind, id)
	})
	return ms, err
}

// total counts the messages whose ids begin with a prefix.
func (t *table) total(ctx context.Context, prefix string) (all, handled, dead int, err error) {
	err = t.untilItWorks(ctx, func(ctx context.Context) error {
		return t.db.QueryRowContext(ctx, reckon, prefix).Scan(&all, &handled, &dead)
	})
	return all, handled, dead, err
}

func (t *table) exec(ctx context.Context, statement string, args ...any) error {
	return t.untilItWorks(ctx, func(ctx context.Context) error {
		_, err := t.db.ExecContext(ctx, statement, args...)
		return err
	})
}

// untilItWorks calls fn again and again until it works, ctx ends or trying again will not help: then the program ends, unless it is a
// row that the database refuses.
func (t *table) untilItWorks(ctx context.Context, fn func(ctx context.Context) error) error {
	for patience := 3 * time.Second; ; patience = min(2*patience, time.Minute) {
		asked := time.Now()
		trying, cancel := context.WithTimeout(ctx, patience) // a database that has stopped does not answer
		err := fn(trying)
		slow := trying.Err() != nil
		cancel()
		if err == nil || refusal(err) {
			t.count.database.over(asked)
			return err
		}
		if ctx.Err() != nil {
			return err
		}
		if !slow && slices.Contains([]string{"28", "42", "XX", "lite"}, class(err)) { // no right, no such table, damage; the disk is full
			err = fmt.Errorf("the database: %w", err)
			t.end(err)
			return err
		}
		t.count.database.begins(asked, err)
		t.count.failed("database", asked, err)
		if wait(ctx, 200*time.Millisecond) != nil {
			return err
		}
	}
}

// refusal says that PostgreSQL does not take a row: a data exception, a constraint, or more than fits.
func refusal(err error) bool { return class(err) == "22" || class(err) == "23" || class(err) == "54" }

// class is the class of a SQLSTATE, as PostgreSQL has them; "busy" where another process has SQLite's file, and "lite" for what else
// SQLite says.
func class(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && len(pg.Code) == 5 {
		return pg.Code[:2]
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	switch {
	case !ok:
		return ""
	case lite.Code()&0xff == sqlite3.SQLITE_BUSY:
		return "busy"
	}
	return "lite"
}
