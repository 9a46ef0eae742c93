// Package exercise is yours: write the Observer.
package exercise

import (
	"context"
	"errors"
	"time"
)

// ErrNoReturn is the Err of an event whose task did not return: it panicked, or
// it ended by runtime.Goexit.
var ErrNoReturn = errors.New("the task did not return")

// An Event is what has become of a task.
type Event struct {
	Name string
	Took time.Duration // from the call of the task's function to its end
	Err  error         // what it returned, unchanged, or ErrNoReturn
}

// Stats are counts of tasks. At any moment Started is the sum of the next four.
type Stats struct {
	Started   int
	Succeeded int // returned nil
	Failed    int // ended in any other way
	Cancelled int // returned an error that is or wraps the Err or the Cause of their own ctx, which had ended
	InFlight  int // have not ended

	Dropped int // events that sink has not had: no room, too late, or sink panicked
}

// An Observer counts tasks and tells a sink what becomes of them. It is never in
// their way. All methods may be called from any goroutine, also by tasks; sink
// may call Stats.
type Observer struct{}

// NewObserver returns an Observer that calls sink with each event.
//
//   - sink gets one event at a time, in the order in which the tasks ended.
//   - While sink is busy with an event, up to size others wait for it; size is
//     at least 1. An event that finds no room is dropped, and counted: the events
//     that wait stay.
//   - When sink panics, that ends this call only: its event counts as dropped,
//     and the next event is handed on.
//   - However many events there are, an Observer has one goroutine at most.
//   - sink does not end by runtime.Goexit.
func NewObserver(size int, sink func(Event)) *Observer {
	panic("not written yet")
}

// Watch returns a function that does what fn does: it calls fn with the ctx that
// it gets, returns what fn returns, unchanged, and panics with the value with
// which fn panics. The function may be called many times, also side by side; each
// call is a task. Watch itself counts nothing.
//
// A task is counted as started before fn is called, and as ended, by its kind,
// before the function returns. It never waits for sink.
func (o *Observer) Watch(name string, fn func(context.Context) error) func(context.Context) error {
	panic("not written yet")
}

// Stats returns the counts of one moment.
func (o *Observer) Stats() Stats {
	panic("not written yet")
}

// Close waits until sink has had all events that wait for it, and then returns
// nil. The Observer then has no goroutine left. When ctx ends first, Close
// returns its cause at once, and the rest is still handed on; then the goroutine
// ends. When ctx has ended and no event waits, Close returns nil or the cause.
//
// Tasks may still start and end after Close was called: they are counted, and
// their events are dropped. Close is called once.
func (o *Observer) Close(ctx context.Context) error {
	panic("not written yet")
}
