// The Mayhem service on real parts: its messages are in NATS JetStream, its records in SQLite or PostgreSQL. Without a flag it tells the
// story of a process that is killed; with -messages it is the service.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) == 1 {
		lesson.Main(story)
		return
	}
	c := flags()
	if os.Getenv("GOMEMLIMIT") == "" { // a soft one: near it, garbage is collected more often
		debug.SetMemoryLimit(32<<20 + int64(c.inFlight)<<13)
	}
	asked := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // under nohup it stays ignored
		asked = append(asked, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE) // it goes on when its log is not read any more
	ctx, stop := signal.NotifyContext(context.Background(), asked...)
	context.AfterFunc(ctx, stop) // from then on a second signal is the system's
	stderr := discreet{os.Stderr, hide(c.secrets)}
	slog.SetDefault(slog.New(c.handler(stderr)))
	if err := serve(ctx, c, os.Stdout); err != nil {
		_, _ = fmt.Fprintln(stderr, "mayhem-live:", strings.Join(strings.Fields(err.Error()), " ")) // pgx's take several lines
		os.Exit(1)
	}
}

// A discreet writer hides the secrets in what it writes: no part is known to say one, but an error may wrap anything.
type discreet struct {
	to      io.Writer
	secrets *strings.Replacer
}

// Write implements [io.Writer]. Each line comes in one call.
func (d discreet) Write(p []byte) (int, error) {
	_, err := d.secrets.WriteString(d.to, string(p))
	return len(p), err
}

// hide replaces secrets in each form that an error may quote. Less than four bytes stand in every line: to replace them would tell them.
func hide(secrets []string) *strings.Replacer {
	var pairs []string
	for _, s := range secrets {
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s), url.UserPassword("", s).String()[1:], strings.Trim(strconv.Quote(s), `"`)} {
			if len(s) >= 4 {
				pairs = append(pairs, form, "xxxxx")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// parse finds the hosts of -nats, and the passwords and tokens of -nats and -db. What is no URL is refused without being quoted: nothing
// says where in it a password is.
func (c *config) parse() error {
	if c.nats != "" {
		for server := range strings.SplitSeq(c.nats, ",") {
			if !strings.Contains(server, "://") {
				server = "nats://" + server
			}
			u, err := url.Parse(strings.TrimSpace(server))
			if err != nil || u.Host == "" || strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") {
				return errors.New("-nats is not the URL of a server; a / in a password is %2F, a comma %2C, and other signs likewise")
			}
			password, _ := u.User.Password()
			c.hosts, c.secrets = append(c.hosts, u.Host), append(c.secrets, cmp.Or(password, u.User.Username())) // it may be a token
		}
	}
	if c.db != "" {
		db, err := pgconn.ParseConfig(c.db)
		if err != nil {
			why := err.Error()
			why, _, _ = strings.Cut(why[strings.LastIndex(why, "`")+1:], " (") // what stands before, and in parentheses, quotes
			return errors.New("-db is not the URL of a PostgreSQL" + why)
		}
		if strings.Contains(strings.TrimPrefix(db.Host, "@"), "@") {
			return errors.New("-db has an @ in its host; in a password it is %40")
		}
		c.secrets = append(c.secrets, db.Password)
	}
	return nil
}
