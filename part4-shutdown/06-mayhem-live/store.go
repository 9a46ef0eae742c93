package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// The same SQL for SQLite and PostgreSQL: both have json_each, so that a statement takes any number of rows as one argument.
const (
	create = `CREATE TABLE IF NOT EXISTS messages (id text PRIMARY KEY, host text NOT NULL, state text NOT NULL,
		attempts integer NOT NULL, reason text NOT NULL)`
	upsert = `INSERT INTO messages (id, host, state, attempts, reason)
		SELECT key, value ->> 'host', value ->> 'state', CAST(value ->> 'attempts' AS integer), value ->> 'reason' FROM json_each($1) WHERE true
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, reason = excluded.reason
		WHERE messages.state = 'saved' AND (excluded.state <> 'saved' OR excluded.attempts > messages.attempts)`
	known = `SELECT id, state, attempts, reason FROM messages WHERE id IN (SELECT key FROM json_each($1))`
)

// A row is what is known of a message. Saving it twice changes nothing; handled and dead are final.
type row struct {
	Host     string `json:"host"`
	State    state  `json:"state"`
	Attempts int    `json:"attempts"` // how many have failed
	Reason   string `json:"reason"`   // why the last one failed
}

type state string

const (
	saved   state = "saved"
	handled state = "handled" // its host was restarted
	dead    state = "dead"
)

// A store keeps a row for each message. Whoever calls Save or mark waits until the row is committed; those who come while a commit is
// under way are committed together. While the database is away it tries again and again, and everybody waits.
type store struct {
	db            *sql.DB
	upsert, known *sql.Stmt
	count         *stats
	end           context.CancelCauseFunc // ends the program
	commits       *group[entry]
}

type entry struct {
	id  string
	row row
}

func openStore(ctx context.Context, c config, count *stats, end context.CancelCauseFunc) (*store, error) {
	driver, source := "pgx", c.db
	if c.db == "" {
		synchronous := "NORMAL"
		if c.sync {
			synchronous = "FULL"
		}
		driver, source = "sqlite", sqliteURL(c.file("mayhem.db"),
			"busy_timeout(10000)", "journal_mode(WAL)", "synchronous("+synchronous+")") // the timeout first: WAL needs it
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, fmt.Errorf("the database: %w", err)
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	starting, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s := &store{db: db, count: count, end: end}
	if err := s.prepare(starting, c.db == ""); err != nil {
		return nil, errors.Join(fmt.Errorf("the database: %w", err), db.Close())
	}
	const most = 1000 // rows in a commit
	s.commits = newGroup(ctx, most, s.commit)
	return s, nil
}

func (s *store) prepare(ctx context.Context, lite bool) error {
	if lite {
		var says string
		if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&says); err != nil || says != "ok" {
			return errors.Join(fmt.Errorf("the file is damaged %s", says), err)
		}
	}
	_, err := s.db.ExecContext(ctx, create)
	if isPostgres(err, "23505", "42710", "42P07") { // another process has created it at the same time
		err = nil
	}
	if err != nil {
		return err
	}
	if s.upsert, err = s.db.PrepareContext(ctx, upsert); err != nil {
		return err
	}
	s.known, err = s.db.PrepareContext(ctx, known)
	return err
}

func sqliteURL(file string, pragmas ...string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath() + "?" + url.Values{"_pragma": pragmas}.Encode()
}

// close waits for the commit that is under way. Nobody may call the store any more.
func (s *store) close() {
	s.commits.close()
	_ = s.db.Close() // what was promised is committed
}

// Save implements [mayhem.Store].
func (s *store) Save(ctx context.Context, m mayhem.Message) error {
	return s.mark(ctx, m.ID, row{Host: m.Host, State: saved})
}

// mark returns when a message's row is committed, or with ctx's cause. The row may be committed nevertheless.
func (s *store) mark(ctx context.Context, id string, r row) error {
	err := s.commits.do(ctx, entry{id, r})
	if err == nil && r.State == saved {
		s.count.saved.Add(1)
	}
	return err
}

// lookUp returns the rows that there are of these messages. While the database is away it waits until ctx ends.
func (s *store) lookUp(ctx context.Context, ds []mayhem.Delivery) (rows map[string]row, err error) {
	ids := make(map[string]bool, len(ds))
	for _, d := range ds {
		ids[d.ID] = true
	}
	argument, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return rows, s.untilItWorks(ctx, func() error {
		rows = make(map[string]row)
		found, err := s.known.QueryContext(ctx, string(argument))
		if err != nil {
			return err
		}
		defer found.Close() //nolint:errcheck // Err says what went wrong
		for found.Next() {
			var id string
			var r row
			if err := found.Scan(&id, &r.State, &r.Attempts, &r.Reason); err != nil {
				return err
			}
			rows[id] = r
		}
		return found.Err()
	})
}

func (s *store) commit(ctx context.Context, waiting []entry) error {
	rows := make(map[string]row, len(waiting)) // a message may be there twice; a statement must not touch a row twice
	for _, e := range waiting {
		if before, there := rows[e.id]; !there || before.State == saved && (e.row.State != saved || e.row.Attempts > before.Attempts) {
			rows[e.id] = e.row
		}
	}
	argument, err := json.Marshal(rows) // sorted by id, so that two processes cannot deadlock
	if err != nil {
		return err
	}
	return s.untilItWorks(ctx, func() error {
		_, err := s.upsert.ExecContext(ctx, string(argument))
		if err == nil {
			s.count.commits.Add(1)
		}
		return err
	})
}

// untilItWorks calls fn again and again until it works, ctx ends or trying again will not help; that ends the program.
func (s *store) untilItWorks(ctx context.Context, fn func() error) error {
	for {
		asked := time.Now()
		err := fn()
		if err == nil || ctx.Err() != nil {
			if err == nil {
				s.count.database.over(asked)
			}
			return err
		}
		s.count.database.begins(asked, err)
		if hopeless(err) {
			err = fmt.Errorf("the database: %w", err)
			s.end(err)
			return err
		}
		if wait(ctx, 200*time.Millisecond) != nil {
			return err
		}
	}
}

// busy says that somebody else has SQLite's file.
func busy(err error) bool {
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code()&0xff == sqlite3.SQLITE_BUSY
}

// hopeless says that trying again will not help: the disk is full or broken, the data is refused, the table is not there.
func hopeless(err error) bool {
	if _, ok := errors.AsType[*sqlite.Error](err); ok {
		return !busy(err)
	}
	return isPostgres(err, "22", "28", "42") // data that it refuses, no right to it, no such thing
}

// isPostgres reports whether err is one of PostgreSQL's with a code that begins so.
func isPostgres(err error, codes ...string) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.ContainsFunc(codes, func(code string) bool { return strings.HasPrefix(pg.Code, code) })
}

// wait returns nil after d, or ctx's cause.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
