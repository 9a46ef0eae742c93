package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"
)

// A config is what the flags say.
type config struct {
	messages, replicas, inFlight, tries        int
	request, data, nats, listen                string
	db, http                                   string
	sync, steps, replay, pprof, json           bool
	ackWait, backoff, grace, work, keep, stuck time.Duration
	seed                                       uint64
	fail, gone                                 float64
	level                                      slog.Level
	hosts, secrets                             []string // of -nats and -db
}

func flags() config {
	var c config
	flag.IntVar(&c.messages, "messages", 0, "publish `n` messages, and end when all are settled; 0: only consume, until a signal")
	flag.StringVar(&c.request, "request", "1", "the `name` of this request: the same name goes on with it, a new one restarts the hosts again")
	flag.BoolVar(&c.replay, "replay", false, "publish the dead letters as new messages first")
	flag.StringVar(&c.data, "data", "", "the `folder` of the server's and of SQLite's files; none: a temporary one")
	flag.StringVar(&c.nats, "nats", "", "the `URL` of a server or, several with commas, of a cluster; none: a server in this process")
	flag.StringVar(&c.listen, "listen", "", "the `host:port` where the server in this process listens, for other processes; none: it does not")
	flag.IntVar(&c.replicas, "replicas", 1, "store each message on `n` servers of the cluster; the same in all processes")
	flag.StringVar(&c.db, "db", "", "the `URL` of a PostgreSQL, postgres://…; none: SQLite. All processes share one database")
	flag.StringVar(&c.http, "http", "", "the `host:port` of /healthz, /readyz and /metrics, without a host 127.0.0.1; none: nothing listens")
	flag.BoolVar(&c.pprof, "pprof", false, "serve /debug/pprof there, too; only on loopback")
	flag.TextVar(&c.level, "log", slog.LevelWarn, "log to stderr from this `level` on: debug, info, warn or error")
	flag.BoolVar(&c.json, "json", false, "log as lines of JSON")
	flag.BoolVar(&c.sync, "sync", false, "wait for the disk at each write, for a power cut (kill -9 does not need it)")
	flag.BoolVar(&c.steps, "steps", false, "in place of the summary, a line of JSON for each step")
	flag.IntVar(&c.inFlight, "in-flight", 256, "handle up to `n` messages at once")
	flag.IntVar(&c.tries, "tries", 5, "a message is a dead letter after `n` failed attempts")
	flag.DurationVar(&c.ackWait, "ack-wait", 5*time.Second, "how long a delivery holds, the `time` that is extended; the same in all processes")
	flag.DurationVar(&c.backoff, "backoff", 200*time.Millisecond, "the `pause` after the first failure; it doubles")
	flag.DurationVar(&c.grace, "grace", 2*time.Second, "the `time` until the service ends after a signal, at least a second; restarts have three quarters of it")
	flag.DurationVar(&c.keep, "keep", 24*time.Hour, "forget after this `time` that a message was settled")
	flag.DurationVar(&c.stuck, "stuck", 30*time.Second, "not ready when messages wait and none was settled for this `time`")
	flag.DurationVar(&c.work, "work", 100*time.Millisecond, "the longest `time` that a restart takes")
	flag.Uint64Var(&c.seed, "seed", 1, "the `number` that decides which restarts fail and how long each takes")
	flag.Float64Var(&c.fail, "fail", 0.1, "the `part` of the restarts that fails")
	flag.Float64Var(&c.gone, "gone", 0.01, "the `part` of the hosts that never come up again")
	flag.CommandLine.Init("mayhem-live", flag.ContinueOnError)
	flag.CommandLine.SetOutput(io.Discard) // what is wrong is one line, without all the flags
	err := flag.CommandLine.Parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		flag.CommandLine.SetOutput(os.Stdout)
		flag.PrintDefaults()
		os.Exit(0)
	}
	urls := c.parse()
	for _, wrong := range []struct {
		is   bool
		says string
	}{
		{err != nil, fmt.Sprint(err)},
		{flag.NArg() > 0, "there are only flags, no arguments"},
		{c.messages < 0 || c.messages > 1_000_000_000, "-messages is not from 0 to 1000000000"},
		{len(c.request) > 200 || fault("request", c.request) != nil || strings.Contains(c.request, "/"), "-request is not a short word without a /"},
		{c.replicas < 1 || c.replicas > 5, "-replicas is not from 1 to 5"},
		{c.inFlight < 1 || c.inFlight > 100_000, "-in-flight is not from 1 to 100000"},
		{c.tries < 1, "-tries is less than 1"},
		{c.ackWait < 100*time.Millisecond, "-ack-wait is less than 100ms"},
		{c.backoff < 0 || c.grace < 0 || c.work < 0, "-backoff, -grace or -work is less than 0"},
		{c.keep < time.Minute || c.stuck <= 0, "-keep is less than a minute, or -stuck no time"},
		{!(c.fail >= 0 && c.fail <= 1) || !(c.gone >= 0 && c.gone <= 1), "-fail or -gone is not from 0 to 1"},
		{c.nats != "" && c.listen != "", "-listen is for the server in this process, and -nats names another"},
		{!isAddress(c.listen) || !isAddress(c.http), "-listen or -http is not host:port"},
		{c.sync && c.nats != "" && c.db != "", "-sync does nothing with -nats and -db"},
		{urls != nil, fmt.Sprint(urls)},
		{c.pprof && !isLoopback(c.http), "-pprof needs an -http on loopback"},
	} {
		if wrong.is {
			fmt.Fprintln(os.Stderr, "mayhem-live:", wrong.says)
			os.Exit(2)
		}
	}
	return c
}

// handler writes the log as the flags say.
func (c config) handler(to io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: c.level}
	if c.json {
		return slog.NewJSONHandler(to, options)
	}
	return slog.NewTextHandler(to, options)
}
