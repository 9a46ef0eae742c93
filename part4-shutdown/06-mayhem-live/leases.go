package main

import (
	"errors"
	"sync"
	"time"
)

// errLost says that a delivery does not hold any more: another process may have the message.
var errLost = errors.New("the delivery does not hold any more")

// leases are the messages in flight. A delivery holds until its deadline: so long the server gives the message to no other process. The
// server answers all that is said about one, whether it holds or not, so the deadline is ours.
type leases struct {
	lasts time.Duration // how long a delivery holds
	freed chan struct{} // has room for one: there are fewer

	mu   sync.Mutex // guards what follows
	held map[string]*message
}

// take tells messages to begin from those that are in flight here already: they were published twice, or a server that was killed has
// forgotten that a deadline was extended.
func (l *leases) take(ms []*message) (mine, twice []*message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range ms {
		if l.held[m.id] == nil {
			l.held[m.id] = m
			mine = append(mine, m)
		} else {
			twice = append(twice, m)
		}
	}
	return mine, twice
}

// drop is for messages that are settled, or left to the next process.
func (l *leases) drop(ends []outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range ends {
		delete(l.held, e.id)
	}
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

func (l *leases) inFlight() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.held)
}

func (l *leases) holds(m *message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Before(m.until)
}

// due are the messages of whose time a third has passed. The work on those whose time is over ends.
func (l *leases) due() (ms []*message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.held {
		if left := time.Until(m.until); left <= 0 && m.end != nil {
			m.end(errLost)
		} else if left > 0 && left <= l.lasts*2/3 {
			ms = append(ms, m)
		}
	}
	return ms
}

// set changes messages, which other goroutines look at.
func (l *leases) set(ms []*message, change func(m *message)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range ms {
		change(m)
	}
}
