//wrong: a Close whose ctx has ended returns its cause and does not close
//want:  Close was called with a ctx that had ended, and mail ended after it
//kind:  leak

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
	size int
	sink func(Event)
	wake chan struct{} // with room for one
	done chan struct{} // closed when the goroutine ends

	mu     sync.Mutex // guards the below
	stats  Stats
	queue  []Event
	busy   bool
	closed bool
}

func NewObserver(size int, sink func(Event)) *Observer {
	o := &Observer{size: size, sink: sink, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go o.run()
	return o
}

func (o *Observer) run() {
	defer close(o.done)
	for range o.wake {
		for {
			o.mu.Lock()
			o.busy = false
			if len(o.queue) == 0 {
				closed := o.closed
				o.mu.Unlock()
				if closed {
					return
				}
				break
			}
			event := o.queue[0]
			o.queue = o.queue[1:]
			o.busy = true
			o.mu.Unlock()
			o.call(event)
		}
	}
}

func (o *Observer) call(event Event) {
	defer func() {
		if recover() != nil {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.stats.Dropped++
		}
	}()
	o.sink(event)
}

func (o *Observer) tell() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *Observer) Watch(name string, fn func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		o.mu.Lock()
		o.stats.Started++
		o.stats.InFlight++
		o.mu.Unlock()
		start := time.Now()
		err := ErrNoReturn
		defer func() { o.ended(ctx, Event{name, time.Since(start), err}) }()
		err = fn(ctx)
		return err
	}
}

func (o *Observer) ended(ctx context.Context, event Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats.InFlight--
	switch err := event.Err; {
	case err == nil:
		o.stats.Succeeded++
	case ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))):
		o.stats.Cancelled++
	default:
		o.stats.Failed++
	}
	waiting := len(o.queue)
	if !o.busy {
		waiting--
	}
	if o.closed || waiting >= o.size {
		o.stats.Dropped++
		return
	}
	o.queue = append(o.queue, event)
	o.tell()
}

func (o *Observer) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats
}

func (o *Observer) Close(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.tell()
	select {
	case <-o.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
