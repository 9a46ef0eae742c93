package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// stats are this process's counters: for the progress, the summary and Prometheus.
type stats struct {
	start                                                               time.Time
	published, taken, redelivered, again, handled, dead, saved, commits atomic.Int64
	storeDown                                                           atomic.Bool
	seconds                                                             prometheus.Histogram
}

func newStats() *stats {
	return &stats{start: time.Now(), seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "mayhem_handling_seconds", Help: "From a message's arrival to its ack.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12),
	})}
}

func (s *stats) received(try int) {
	s.taken.Add(1)
	if try > 1 {
		s.redelivered.Add(1)
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
		{"redelivered", "Deliveries that were not the first of their message.", &s.redelivered},
		{"settled_before", "Deliveries that were acked because their row says that they are settled.", &s.again},
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
	return fmt.Sprintf("published %d, handled %d, redelivered %d, dead %d, saved %d",
		s.published.Load(), s.handled.Load(), s.redelivered.Load(), s.dead.Load(), s.saved.Load())
}

func (s *stats) summary() string {
	took := time.Since(s.start).Seconds()
	text := fmt.Sprintf("%v in %.1f s: %.0f messages/s", s, took, float64(s.handled.Load()+s.dead.Load())/took)
	if n := s.again.Load(); n > 0 {
		text += fmt.Sprintf("; %d were settled before", n)
	}
	return text
}

// progress keeps a line up to date, if somebody sits at a terminal.
func progress(ctx context.Context, out io.Writer, s *stats) error {
	f, ok := out.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil //nolint:nilerr // then it is no terminal
	}
	for wait(ctx, 100*time.Millisecond) == nil {
		if _, err := fmt.Fprintf(f, "\r\x1b[K%v", s); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(f, "\r\x1b[K")
	return err
}
