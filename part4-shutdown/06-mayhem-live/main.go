// The Mayhem service on real parts: its messages are in NATS JetStream, its records in SQLite or PostgreSQL. Without a flag it tells the
// story of a process that is killed; with -messages it is the service.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // from then on a second signal is the system's
	if err := serve(ctx, flags(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mayhem-live:", strings.Join(strings.Fields(err.Error()), " ")) // pgx's take several lines
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
	flag.IntVar(&c.messages, "messages", 0, "publish so many `messages`, and end when all are settled; 0: only consume, until a signal")
	flag.StringVar(&c.name, "name", "web", "what the hosts are called, and so the messages: `web`-1, web-2, …")
	flag.StringVar(&c.data, "data", "", "the `folder` of the server's and of SQLite's files; none: a temporary one")
	flag.StringVar(&c.nats, "nats", "", "a server's or a cluster's `URL`, or several with commas; none: a server in this process")
	flag.StringVar(&c.listen, "listen", "", "where the server in this process listens, for other processes: `host:port`")
	flag.IntVar(&c.replicas, "replicas", 1, "on how many `servers` of the cluster each message is stored")
	flag.StringVar(&c.db, "db", "", "PostgreSQL's `URL`, postgres://…; none: SQLite")
	flag.StringVar(&c.http, "http", "", "where /healthz, /readyz and /metrics are: `host:port`, without a host 127.0.0.1")
	flag.BoolVar(&c.sync, "sync", false, "wait for the disk at each write, for a power cut (kill -9 does not need it)")
	flag.BoolVar(&c.steps, "steps", false, "in place of the progress, a line of JSON for each step")
	flag.IntVar(&c.inFlight, "in-flight", 256, "how many messages are handled `at once`")
	flag.IntVar(&c.tries, "tries", 5, "after how many `deliveries` a message that fails is a dead letter")
	flag.DurationVar(&c.ackWait, "ack-wait", 5*time.Second, "how long a delivery holds; it is extended three times as `often`")
	flag.DurationVar(&c.backoff, "backoff", 200*time.Millisecond, "the `pause` after the first failure; it doubles")
	flag.DurationVar(&c.grace, "grace", 2*time.Second, "how `long` those in flight may go on after a signal")
	flag.DurationVar(&c.work, "work", 100*time.Millisecond, "how long a restart `takes` at most")
	flag.Uint64Var(&c.seed, "seed", 1, "decides `which` restarts fail and how long each takes")
	flag.Float64Var(&c.fail, "fail", 0.1, "the `part` of the restarts that fails")
	flag.Float64Var(&c.gone, "gone", 0.01, "the `part` of the hosts that never come up again")
	flag.Parse()
	if flag.NArg() > 0 || c.messages < 0 || c.ackWait <= 0 || c.replicas < 1 {
		flag.Usage()
		os.Exit(2)
	}
	return c
}
