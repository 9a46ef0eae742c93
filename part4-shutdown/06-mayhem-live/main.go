// The Mayhem service on real parts: its messages are in NATS JetStream, its records in SQLite or PostgreSQL. Without a flag it tells the
// story of a process that is killed; with -messages it is the service.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) == 1 {
		lesson.Main(story)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // from then on a second signal is the system's
	c := flags()
	stderr := discreet{os.Stderr, c.secrets()}
	slog.SetDefault(slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err := serve(ctx, c, discreet{os.Stdout, stderr.secrets}); err != nil {
		_, _ = fmt.Fprintln(stderr, "mayhem-live:", strings.Join(strings.Fields(err.Error()), " ")) // pgx's take several lines
		os.Exit(1)
	}
}

// A config is what the flags say.
type config struct {
	messages                      int
	name, data, nats, listen      string
	db, http                      string
	replicas, inFlight, tries     int
	sync, steps                   bool
	ackWait, backoff, grace, work time.Duration
	seed                          uint64
	fail, gone                    float64
}

func flags() config {
	var c config
	flag.IntVar(&c.messages, "messages", 0, "publish `n` messages, and end when all are settled; 0: only consume, until a signal")
	flag.StringVar(&c.name, "name", "web", "what the hosts are called, and so the messages: `name`-1, name-2, …")
	flag.StringVar(&c.data, "data", "", "the `folder` of the server's and of SQLite's files; none: a temporary one")
	flag.StringVar(&c.nats, "nats", "", "the `URL` of a server or, several with commas, of a cluster; none: a server in this process")
	flag.StringVar(&c.listen, "listen", "", "the `host:port` where the server in this process listens, for other processes; none: it does not")
	flag.IntVar(&c.replicas, "replicas", 1, "store each message on `n` servers of the cluster; the same in all processes")
	flag.StringVar(&c.db, "db", "", "the `URL` of a PostgreSQL, postgres://…; none: SQLite")
	flag.StringVar(&c.http, "http", "", "the `host:port` of /healthz, /readyz and /metrics, without a host 127.0.0.1; none: nothing listens")
	flag.BoolVar(&c.sync, "sync", false, "wait for the disk at each write, for a power cut (kill -9 does not need it)")
	flag.BoolVar(&c.steps, "steps", false, "in place of the summary, a line of JSON for each step")
	flag.IntVar(&c.inFlight, "in-flight", 256, "handle up to `n` messages at once")
	flag.IntVar(&c.tries, "tries", 5, "a message is a dead letter after `n` failed attempts")
	flag.DurationVar(&c.ackWait, "ack-wait", 5*time.Second, "how long a delivery holds, the `time` that is extended; the same in all processes")
	flag.DurationVar(&c.backoff, "backoff", 200*time.Millisecond, "the `pause` after the first failure; it doubles")
	flag.DurationVar(&c.grace, "grace", 2*time.Second, "the `time` that those in flight have after a signal")
	flag.DurationVar(&c.work, "work", 100*time.Millisecond, "the longest `time` that a restart takes")
	flag.Uint64Var(&c.seed, "seed", 1, "the `number` that decides which restarts fail and how long each takes")
	flag.Float64Var(&c.fail, "fail", 0.1, "the `part` of the restarts that fails")
	flag.Float64Var(&c.gone, "gone", 0.01, "the `part` of the hosts that never come up again")
	flag.Parse()
	for _, wrong := range []struct {
		is   bool
		says string
	}{
		{flag.NArg() > 0, "no arguments, only flags: " + flag.Arg(0)},
		{c.messages < 0, "-messages is less than 0"},
		{c.replicas < 1 || c.replicas > 5, "-replicas is not from 1 to 5"},
		{c.inFlight < 1 || c.inFlight > 100_000, "-in-flight is not from 1 to 100000"},
		{c.tries < 1, "-tries is less than 1"},
		{c.ackWait < 100*time.Millisecond, "-ack-wait is less than 100ms"},
		{c.backoff < 0 || c.grace < 0 || c.work < 0, "-backoff, -grace or -work is less than 0"},
		{!(c.fail >= 0 && c.fail <= 1) || !(c.gone >= 0 && c.gone <= 1), "-fail or -gone is not from 0 to 1"},
		{c.nats != "" && c.listen != "", "-listen is for the server in this process, and -nats names another"},
		{c.sync && c.nats != "" && c.db != "", "-sync does nothing with -nats and -db"},
	} {
		if wrong.is {
			fmt.Fprintln(os.Stderr, "mayhem-live:", wrong.says)
			os.Exit(2)
		}
	}
	return c
}

// A discreet writer writes everything but the secrets.
type discreet struct {
	to      io.Writer
	secrets *strings.Replacer
}

// Write implements [io.Writer]. Each line comes in one call.
func (d discreet) Write(p []byte) (int, error) {
	_, err := d.secrets.WriteString(d.to, string(p))
	return len(p), err
}

var secret = regexp.MustCompile(`//([^@/\s,]+)@|(?i:password|passwd|token)=([^&\s]+)`)

// secrets are the passwords and tokens in the URLs, as they stand there and decoded. A user's name without a password may be a token.
func (c config) secrets() *strings.Replacer {
	var pairs []string
	for _, found := range secret.FindAllStringSubmatch(c.nats+" "+c.db, -1) {
		text := cmp.Or(found[1], found[2])
		if _, password, ok := strings.Cut(found[1], ":"); ok {
			text = password
		} else if found[1] != "" && strings.Contains(c.db, found[0]) {
			continue // a user of PostgreSQL's
		}
		for _, s := range []string{text, decoded(text)} {
			if s != "" {
				pairs = append(pairs, s, "xxxxx")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

func decoded(text string) string {
	plain, err := url.PathUnescape(text)
	if err != nil {
		return text
	}
	return plain
}
