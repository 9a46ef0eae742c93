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
	flag.IntVar(&c.messages, "messages", 0, "publish `n` messages, and end when all are settled; 0: only consume, until a signal")
	flag.StringVar(&c.name, "name", "web", "what the hosts are called, and so the messages: `name`-1, name-2, …")
	flag.StringVar(&c.data, "data", "", "the `folder` of the server's and of SQLite's files; none: a temporary one")
	flag.StringVar(&c.nats, "nats", "", "the `URL` of a server or, several with commas, of a cluster; none: a server in this process")
	flag.StringVar(&c.listen, "listen", "", "the `host:port` where the server in this process listens, for other processes; none: it does not")
	flag.IntVar(&c.replicas, "replicas", 1, "store each message on `n` servers of the cluster; the first process decides")
	flag.StringVar(&c.db, "db", "", "the `URL` of a PostgreSQL, postgres://…; none: SQLite")
	flag.StringVar(&c.http, "http", "", "the `host:port` of /healthz, /readyz and /metrics, without a host 127.0.0.1; none: nothing listens")
	flag.BoolVar(&c.sync, "sync", false, "wait for the disk at each write, for a power cut (kill -9 does not need it)")
	flag.BoolVar(&c.steps, "steps", false, "in place of the progress, a line of JSON for each step")
	flag.IntVar(&c.inFlight, "in-flight", 256, "handle up to `n` messages at once")
	flag.IntVar(&c.tries, "tries", 5, "a message that fails is a dead letter after `n` deliveries")
	flag.DurationVar(&c.ackWait, "ack-wait", 5*time.Second, "how long a delivery holds, the `time` that is extended; the same in all processes")
	flag.DurationVar(&c.backoff, "backoff", 200*time.Millisecond, "the `pause` after the first failure; it doubles")
	flag.DurationVar(&c.grace, "grace", 2*time.Second, "the `time` that those in flight have after a signal")
	flag.DurationVar(&c.work, "work", 100*time.Millisecond, "the longest `time` that a restart takes")
	flag.Uint64Var(&c.seed, "seed", 1, "the `number` that decides which restarts fail and how long each takes")
	flag.Float64Var(&c.fail, "fail", 0.1, "the `part` of the restarts that fails")
	flag.Float64Var(&c.gone, "gone", 0.01, "the `part` of the hosts that never come up again")
	flag.Parse()
	if flag.NArg() > 0 || c.messages < 0 || c.ackWait <= 0 || c.replicas < 1 {
		flag.Usage()
		os.Exit(2)
	}
	return c
}
