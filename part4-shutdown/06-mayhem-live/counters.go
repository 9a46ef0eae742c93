package main

import (
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
	start                                                    time.Time
	published, taken, retried, again, handled, dead, commits atomic.Int64
	backlog, oldest, progress                                atomic.Int64 // messages; Unix times of the oldest one, and of the last settled
	database, server                                         outage
	failures                                                 *prometheus.CounterVec
	seconds                                                  prometheus.Histogram
}

func newCounters() *counters {
	c := &counters{
		start: time.Now(), database: outage{part: "database"}, server: outage{part: "messages"},
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mayhem_failures_total", Help: "What has failed, by kind."}, []string{"kind"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "mayhem_handling_seconds", Help: "From a message's arrival to its settling.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
		}),
	}
	for _, kind := range []string{"database", "extend", "lost", "publish", "receive", "refused", "restart", "settle"} {
		c.failures.WithLabelValues(kind)
	}
	c.progress.Store(c.start.Unix())
	return c
}

// failed counts a failure. In an outage, whose begin was told, the log has it only with -log debug.
func (c *counters) failed(kind string, err error) {
	c.failures.WithLabelValues(kind).Inc()
	if err != nil {
		log := slog.Warn
		if c.server.away() > 0 || c.database.away() > 0 {
			log = slog.Debug
		}
		log("a call has failed", "kind", kind, "error", err)
	}
}

func (c *counters) settled(as *atomic.Int64, m *message) {
	as.Add(1)
	c.progress.Store(time.Now().Unix())
	c.seconds.Observe(time.Since(m.taken).Seconds())
}

// stalled reports whether messages wait and none was settled for a time.
func (c *counters) stalled(longest time.Duration) bool {
	return c.backlog.Load() > 0 && time.Since(time.Unix(c.progress.Load(), 0)) > longest
}

// registry is what Prometheus may ask for.
func (c *counters) registry(inFlight func() int) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(c.seconds, c.failures, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	number := func(n *atomic.Int64) func() float64 { return func() float64 { return float64(n.Load()) } }
	for _, m := range []struct {
		name, part, help string
		read             func() float64
	}{
		{"published_total", "", "Messages that the server has acknowledged to this process.", number(&c.published)},
		{"received_total", "", "Attempts that were begun.", number(&c.taken)},
		{"retried_total", "", "Attempts of messages that had failed before.", number(&c.retried)},
		{"settled_before_total", "", "Deliveries of messages whose row says that they are settled.", number(&c.again)},
		{"handled_total", "", "Messages whose host was restarted.", number(&c.handled)},
		{"dead_total", "", "Messages that became dead letters.", number(&c.dead)},
		{"commits_total", "", "Transactions of the database.", number(&c.commits)},
		{"outages_total", "database", "How often a part went away.", number(&c.database.count)},
		{"outages_total", "messages", "How often a part went away.", number(&c.server.count)},
		{"up", "database", "1 while a part is there, 0 in an outage.", func() float64 { return 1 - c.database.away() }},
		{"up", "messages", "1 while a part is there, 0 in an outage.", func() float64 { return 1 - c.server.away() }},
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
	return fmt.Sprintf("this process: handled %d, dead %d, %d retries, %d settled before, in %.1f s: %.0f messages/s",
		c.handled.Load(), c.dead.Load(), c.retried.Load(), c.again.Load(), took, float64(c.handled.Load()+c.dead.Load())/took)
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

// away is 1 in an outage, and 0 otherwise.
func (o *outage) away() float64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.is {
		return 1
	}
	return 0
}
