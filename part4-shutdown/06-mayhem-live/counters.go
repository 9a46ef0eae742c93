package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// counters are this process's figures: for the summary, /readyz and Prometheus.
type counters struct {
	start                         time.Time
	handled, dead, retried, again atomic.Int64
	backlog, oldest, progress     atomic.Int64 // messages; the oldest one's Unix time; when one was settled, after the start
	database, server              outage
	failures                      *prometheus.CounterVec

	mu   sync.Mutex           // guards what follows
	last map[string]time.Time // when a kind of failure was last seen
}

func newCounters() *counters {
	c := &counters{
		start: time.Now(), database: outage{part: "database"}, server: outage{part: "messages"},
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mayhem_failures_total", Help: "What has failed, by kind."}, []string{"kind"}),
		last:     make(map[string]time.Time),
	}
	for _, kind := range []string{"connection", "database", "extend", "lost", "publish", "receive", "refused", "restart", "settle"} {
		c.failures.WithLabelValues(kind)
	}
	return c
}

// failed counts a failure. The log has one of each kind a minute, and none in an outage, whose begin was told, or soon after it. With
// -log debug it has all.
func (c *counters) failed(kind string, asked time.Time, err error) {
	c.failures.WithLabelValues(kind).Inc()
	if err == nil {
		return
	}
	asked = asked.Add(-5 * time.Second) // what was delivered before an outage fails after it
	c.mu.Lock()
	defer c.mu.Unlock()
	log := slog.Debug
	if time.Since(c.last[kind]) > time.Minute && !errors.Is(err, context.Canceled) && !c.server.away(asked) && !c.database.away(asked) {
		log, c.last[kind] = slog.Warn, time.Now()
	}
	log("a call has failed", "kind", kind, "error", err)
}

func (c *counters) settled(state string) {
	switch state {
	case handled:
		c.handled.Add(1)
	case dead:
		c.dead.Add(1)
	default:
		return
	}
	c.progresses()
}

// progresses says that a message is published or settled, or that none waits. A clock that is set does not change what stalled reports.
func (c *counters) progresses() { c.progress.Store(int64(time.Since(c.start))) }

// stalled reports whether messages wait and none was settled for a time.
func (c *counters) stalled(longest time.Duration) bool {
	return time.Since(c.start)-time.Duration(c.progress.Load()) > longest
}

// registry is what Prometheus may ask for.
func (c *counters) registry(inFlight func() int) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(c.failures, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	number := func(n *atomic.Int64) func() float64 { return func() float64 { return float64(n.Load()) } }
	for _, m := range []struct {
		name, part, help string
		read             func() float64
	}{
		{"handled_total", "", "Messages whose host was restarted.", number(&c.handled)},
		{"dead_total", "", "Messages that became dead letters.", number(&c.dead)},
		{"outages_total", "database", "How often a part went away.", number(&c.database.count)},
		{"outages_total", "messages", "How often a part went away.", number(&c.server.count)},
		{"up", "database", "1 while a part is there, 0 in an outage.", c.database.up},
		{"up", "messages", "1 while a part is there, 0 in an outage.", c.server.up},
		{"backlog_messages", "", "Messages that are not settled.", number(&c.backlog)},
		{"in_flight_messages", "", "Messages that this process has.", func() float64 { return float64(inFlight()) }},
		{"oldest_unsettled_timestamp_seconds", "", "When the oldest message that is not settled was published; 0: there is none.", number(&c.oldest)},
	} {
		options := prometheus.Opts{Namespace: "mayhem", Name: m.name, Help: m.help}
		if m.part != "" {
			options.ConstLabels = prometheus.Labels{"part": m.part}
		}
		if strings.HasSuffix(m.name, "_total") {
			r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts(options), m.read))
		} else {
			r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts(options), m.read))
		}
	}
	return r
}

func (c *counters) String() string {
	took := time.Since(c.start).Seconds()
	return fmt.Sprintf("this process: handled %d, dead %d, %d retries, %d settled before, %d outages, in %.1f s: %.0f messages/s",
		c.handled.Load(), c.dead.Load(), c.retried.Load(), c.again.Load(), c.database.count.Load()+c.server.count.Load(), took, float64(c.handled.Load()+c.dead.Load())/took)
}

// An outage says in the log when a part goes away and when it is back. What was asked before the last change says nothing new.
type outage struct {
	part  string
	count atomic.Int64 // begun so far

	mu      sync.Mutex // guards what follows
	is      bool
	changed time.Time
}

func (o *outage) begins(asked time.Time, why error) {
	if errors.Is(why, context.Canceled) { // by us
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.is && !asked.Before(o.changed) {
		o.is, o.changed = true, time.Now()
		o.count.Add(1)
		slog.Warn("an outage begins", "part", o.part, "error", why)
	}
}

func (o *outage) over(asked time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.is && !asked.Before(o.changed) {
		slog.Warn("an outage ends", "part", o.part, "lasted", time.Since(o.changed).Round(time.Millisecond))
		o.is, o.changed = false, time.Now()
	}
}

// away reports whether what was asked then falls in an outage.
func (o *outage) away(asked time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.is || asked.Before(o.changed)
}

// up is 0 in an outage, and 1 otherwise.
func (o *outage) up() float64 {
	if o.away(time.Now()) {
		return 0
	}
	return 1
}
