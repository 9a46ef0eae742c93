package main

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

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
