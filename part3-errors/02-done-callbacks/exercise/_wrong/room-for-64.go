//wrong: has room for 64 events at most, whatever size says
//want:  for which there is room
//kind:  contract

// Package exercise is yours: write the Observer.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrNoReturn is the Err of an event whose task did not return.
var ErrNoReturn = errors.New("the task did not return")

// An Event is what has become of a task.
type Event struct {
	Name string
	Took time.Duration
	Err  error
}

// Stats are counts of tasks.
type Stats struct {
	Started   int
	Succeeded int
	Failed    int
	Cancelled int
	InFlight  int

	Dropped int
}

// An Observer counts tasks and tells a sink what becomes of them.
type Observer struct {
	sink   func(Event)
	events chan Event    // closed by Close
	done   chan struct{} // closed when sink has had all

	mu     sync.Mutex // guards what follows, and sending to events; never held while sink runs
	stats  Stats
	closed bool
}

// NewObserver returns an Observer that calls sink with each event.
func NewObserver(size int, sink func(Event)) *Observer {
	o := &Observer{sink: sink, events: make(chan Event, min(size, 64)), done: make(chan struct{})}
	go func() {
		defer close(o.done)
		for e := range o.events {
			o.tell(e)
		}
	}()
	return o
}

func (o *Observer) tell(e Event) {
	defer func() {
		if recover() != nil {
			o.count(func(s *Stats) { s.Dropped++ })
		}
	}()
	o.sink(e)
}

func (o *Observer) count(change func(*Stats)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.stats)
}

// Watch returns a function that does what fn does, and is observed.
func (o *Observer) Watch(name string, fn func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		o.count(func(s *Stats) { s.Started++; s.InFlight++ })
		start := time.Now()
		err = ErrNoReturn // unless it does
		defer func() { o.ended(ctx, Event{name, time.Since(start), err}) }()
		return fn(ctx)
	}
}

func (o *Observer) ended(ctx context.Context, e Event) {
	o.count(func(s *Stats) {
		s.InFlight--
		switch {
		case e.Err == nil:
			s.Succeeded++
		case ctx.Err() != nil && (errors.Is(e.Err, ctx.Err()) || errors.Is(e.Err, context.Cause(ctx))):
			s.Cancelled++
		default:
			s.Failed++
		}
		if o.closed {
			s.Dropped++
			return
		}
		select {
		case o.events <- e:
		default:
			s.Dropped++
		}
	})
}

// Stats returns the counts of one moment.
func (o *Observer) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats
}

// Close waits until sink has had all events that wait for it.
func (o *Observer) Close(ctx context.Context) error {
	o.mu.Lock()
	o.closed = true
	close(o.events)
	o.mu.Unlock()
	select {
	case <-o.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
