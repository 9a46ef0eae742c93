package main

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// stats are this process's counters: for the progress, the summary and Prometheus.
type stats struct {
	start                                                           time.Time
	published, taken, retried, again, handled, dead, saved, commits atomic.Int64
	database, server                                                outage
	seconds                                                         prometheus.Histogram
}

func newStats() *stats {
	return &stats{start: time.Now(), database: outage{part: "database"}, server: outage{part: "messages"}, seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "mayhem_handling_seconds", Help: "From a message's arrival to its ack.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
	})}
}

// An outage says in the log when a part goes away and when it is back. What was asked before the last change says nothing new.
type outage struct {
	mu      sync.Mutex // guards what follows
	part    string
	away    bool
	changed time.Time
}

func (o *outage) begins(asked time.Time, why error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.away && !asked.Before(o.changed) {
		o.away, o.changed = true, time.Now()
		slog.Warn("an outage begins", "part", o.part, "error", why)
	}
}

func (o *outage) over(asked time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.away && !asked.Before(o.changed) {
		slog.Warn("an outage ends", "part", o.part, "lasted", time.Since(o.changed).Round(time.Millisecond))
		o.away, o.changed = false, time.Now()
	}
}

func (o *outage) now() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.away
}

func (s *stats) received(try int) {
	s.taken.Add(1)
	if try > 1 {
		s.retried.Add(1)
	}
}

func (s *stats) settled(d mayhem.Delivery, as *atomic.Int64) {
	as.Add(1)
	s.seconds.Observe(time.Since(d.Receipt.(*receipt).taken).Seconds())
}

// registry is what Prometheus may ask for.
func (s *stats) registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(s.seconds)
	for _, c := range []struct {
		name, help string
		n          *atomic.Int64
	}{
		{"published", "Messages that the server has acknowledged to this process.", &s.published},
		{"received", "Deliveries that were handed to the service.", &s.taken},
		{"retried", "Attempts of messages that had failed before.", &s.retried},
		{"settled_before", "Deliveries of messages whose row says that they are settled.", &s.again},
		{"handled", "Messages whose host was restarted.", &s.handled},
		{"dead", "Messages that became dead letters.", &s.dead},
		{"saved", "Saves that were committed, the repeated ones included.", &s.saved},
		{"commits", "Transactions of the database.", &s.commits},
	} {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "mayhem_" + c.name + "_total", Help: c.help},
			func() float64 { return float64(c.n.Load()) }))
	}
	return r
}

func (s *stats) String() string {
	return fmt.Sprintf("published %d, handled %d, retried %d, dead %d, saved %d",
		s.published.Load(), s.handled.Load(), s.retried.Load(), s.dead.Load(), s.saved.Load())
}

func (s *stats) summary() string {
	took := time.Since(s.start).Seconds()
	text := fmt.Sprintf("%v in %.1f s: %.0f messages/s", s, took, float64(s.handled.Load()+s.dead.Load())/took)
	if n := s.again.Load(); n > 0 {
		text += fmt.Sprintf("; %d were settled before", n)
	}
	return text
}
