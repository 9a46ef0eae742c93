//wrong: counts with atomics, one after the other: a snapshot in between does not add up
//want:  do not add up
//kind:  race

// Package exercise is yours: write the Observer.
package exercise

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
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

	started, succeeded, failed, cancelled, inFlight, dropped atomic.Int64

	mu     sync.Mutex // guards closed, and sending to events
	closed bool
}

// NewObserver returns an Observer that calls sink with each event.
func NewObserver(size int, sink func(Event)) *Observer {
	o := &Observer{sink: sink, events: make(chan Event, size), done: make(chan struct{})}
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
			o.dropped.Add(1)
		}
	}()
	o.sink(e)
}

// Watch returns a function that does what fn does, and is observed.
func (o *Observer) Watch(name string, fn func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		o.started.Add(1)
		o.inFlight.Add(1)
		start := time.Now()
		err = ErrNoReturn // unless it does
		defer func() { o.ended(ctx, Event{name, time.Since(start), err}) }()
		return fn(ctx)
	}
}

func (o *Observer) ended(ctx context.Context, e Event) {
	o.inFlight.Add(-1)
	switch {
	case e.Err == nil:
		o.succeeded.Add(1)
	case ctx.Err() != nil && (errors.Is(e.Err, ctx.Err()) || errors.Is(e.Err, context.Cause(ctx))):
		o.cancelled.Add(1)
	default:
		o.failed.Add(1)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		o.dropped.Add(1)
		return
	}
	select {
	case o.events <- e:
	default:
		o.dropped.Add(1)
	}
}

// Stats returns the counts of one moment.
func (o *Observer) Stats() Stats {
	return Stats{
		Started:   int(o.started.Load()),
		Succeeded: int(o.succeeded.Load()),
		Failed:    int(o.failed.Load()),
		Cancelled: int(o.cancelled.Load()),
		InFlight:  int(o.inFlight.Load()),
		Dropped:   int(o.dropped.Load()),
	}
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
