//wrong: keeps the start of the task in the closure of Watch: calls side by side share it
//want:  each call is a task with a Took of its own
//kind:  race

// Package exercise is an answer.
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

// An Observer counts tasks and tells a sink.
type Observer struct {
	events chan Event    // has room for the one that sink has and those that wait
	ended  chan struct{} // closed when no event is left

	mu     sync.Mutex // guards the below
	counts map[kind]int
	held   int // events that are in the channel or with sink
	closed bool
}

type kind string

// NewObserver returns an Observer.
func NewObserver(size int, sink func(Event)) *Observer {
	o := &Observer{
		events: make(chan Event, size+1),
		ended:  make(chan struct{}),
		counts: make(map[kind]int),
	}
	go func() {
		defer close(o.ended)
		for e := range o.events {
			panicked := call(sink, e)
			o.mu.Lock()
			o.held--
			if panicked {
				o.counts["dropped"]++
			}
			o.mu.Unlock()
		}
	}()
	return o
}

func call(sink func(Event), e Event) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	sink(e)
	return false
}

// Watch returns a function that does what fn does.
func (o *Observer) Watch(name string, fn func(context.Context) error) func(context.Context) error {
	var began time.Time
	return func(ctx context.Context) (err error) {
		o.mu.Lock()
		began = time.Now()
		o.mu.Unlock()
		o.begin()
		err = ErrNoReturn
		defer func() { o.end(ctx, Event{Name: name, Took: time.Since(began), Err: err}) }()
		return fn(ctx)
	}
}

func (o *Observer) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts["started"]++
}

func (o *Observer) end(ctx context.Context, e Event) {
	k := kindOf(ctx, e.Err)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts[k]++
	if o.closed || o.held == cap(o.events) {
		o.counts["dropped"]++
		return
	}
	o.held++
	o.events <- e
}

func kindOf(ctx context.Context, err error) kind {
	if err == nil {
		return "succeeded"
	}
	if why := ctx.Err(); why != nil {
		if errors.Is(err, why) || errors.Is(err, context.Cause(ctx)) {
			return "cancelled"
		}
	}
	return "failed"
}

// Stats returns the counts of one moment.
func (o *Observer) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := Stats{
		Started:   o.counts["started"],
		Succeeded: o.counts["succeeded"],
		Failed:    o.counts["failed"],
		Cancelled: o.counts["cancelled"],
		Dropped:   o.counts["dropped"],
	}
	s.InFlight = s.Started - s.Succeeded - s.Failed - s.Cancelled
	return s
}

// Close waits until sink has had all events.
func (o *Observer) Close(ctx context.Context) error {
	o.mu.Lock()
	o.closed = true
	close(o.events)
	o.mu.Unlock()
	select {
	case <-o.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
