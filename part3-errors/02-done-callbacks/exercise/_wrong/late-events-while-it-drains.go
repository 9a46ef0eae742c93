//wrong: takes events after Close as long as the goroutine hands others on
//want:  its event comes too late and is dropped
//kind:  contract

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
	size  int
	sink  func(Event)
	wake  chan struct{} // with room for one
	ended chan struct{}

	mu     sync.Mutex // guards the below
	stats  Stats
	busy   bool // sink has an event, or is about to get one
	queue  []Event
	closed bool
}

// NewObserver returns an Observer.
func NewObserver(size int, sink func(Event)) *Observer {
	o := &Observer{size: size, sink: sink, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go o.run()
	return o
}

func (o *Observer) run() {
	defer close(o.ended)
	for range o.wake {
		for o.handOn() {
		}
		o.mu.Lock()
		over := o.closed && len(o.queue) == 0
		o.mu.Unlock()
		if over {
			return
		}
	}
}

// handOn hands one event on, if one waits.
func (o *Observer) handOn() (more bool) {
	o.mu.Lock()
	if len(o.queue) == 0 {
		o.busy = false
		o.mu.Unlock()
		return false
	}
	e := o.queue[0]
	o.queue = o.queue[1:]
	o.busy = true
	o.mu.Unlock()

	had := false
	defer func() {
		if !had {
			_ = recover()
			more = true
			o.mu.Lock()
			o.stats.Dropped++
			o.mu.Unlock()
		}
	}()
	o.sink(e)
	had = true
	return true
}

// Watch returns a function that does what fn does.
func (o *Observer) Watch(name string, fn func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		began := time.Now()
		o.begin()
		e := Event{Name: name, Err: ErrNoReturn}
		defer func() {
			e.Took = time.Since(began)
			o.end(ctx, e)
		}()
		e.Err = fn(ctx)
		return e.Err
	}
}

func (o *Observer) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats.Started++
	o.stats.InFlight++
}

func (o *Observer) end(ctx context.Context, e Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats.InFlight--
	switch {
	case e.Err == nil:
		o.stats.Succeeded++
	case cancelled(ctx, e.Err):
		o.stats.Cancelled++
	default:
		o.stats.Failed++
	}
	room := o.size
	if !o.busy {
		room++
	}
	if o.closed && !o.busy || len(o.queue) >= room {
		o.stats.Dropped++
		return
	}
	o.queue = append(o.queue, e)
	o.wakeUp()
}

func cancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

func (o *Observer) wakeUp() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Stats returns the counts of one moment.
func (o *Observer) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats
}

// Close waits until sink has had all events.
func (o *Observer) Close(ctx context.Context) error {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.wakeUp()
	select {
	case <-o.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
