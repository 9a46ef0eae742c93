//wrong: compares with == before errors.Is: two errors of a type that cannot be compared panic
//want:  == and the key of a map fail on some types
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

var ErrNoReturn = errors.New("the task did not return")

type Event struct {
	Name string
	Took time.Duration
	Err  error
}

type Stats struct {
	Started   int
	Succeeded int
	Failed    int
	Cancelled int
	InFlight  int

	Dropped int
}

type Observer struct {
	sink func(Event)
	done chan struct{}

	mu     sync.Mutex // guards the below
	stats  Stats
	events chan Event
	closed bool
}

func NewObserver(size int, sink func(Event)) *Observer {
	o := &Observer{sink: sink, done: make(chan struct{}), events: make(chan Event, size)}
	go o.hand()
	return o
}

func (o *Observer) hand() {
	defer close(o.done)
	for e := range o.events {
		o.call(e)
	}
}

func (o *Observer) call(e Event) {
	defer func() {
		if recover() != nil {
			o.mu.Lock()
			o.stats.Dropped++
			o.mu.Unlock()
		}
	}()
	o.sink(e)
}

func (o *Observer) Watch(name string, fn func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		o.mu.Lock()
		o.stats.Started++
		o.stats.InFlight++
		o.mu.Unlock()
		start := time.Now()
		returned := false
		defer func() {
			e := Event{Name: name, Took: time.Since(start), Err: ErrNoReturn}
			if returned {
				e.Err = err
			}
			o.ended(ctx, e, returned)
		}()
		err = fn(ctx)
		returned = true
		return err
	}
}

func (o *Observer) ended(ctx context.Context, e Event, returned bool) {
	cancelled := returned && e.Err != nil && ctx.Err() != nil && (e.Err == context.Cause(ctx) || errors.Is(e.Err, ctx.Err()) || errors.Is(e.Err, context.Cause(ctx)))
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats.InFlight--
	switch {
	case returned && e.Err == nil:
		o.stats.Succeeded++
	case cancelled:
		o.stats.Cancelled++
	default:
		o.stats.Failed++
	}
	if o.closed {
		o.stats.Dropped++
		return
	}
	select {
	case o.events <- e:
	default:
		o.stats.Dropped++
	}
}

func (o *Observer) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats
}

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
