package main

import (
	"io"
	"sync"
	"time"

	"example.com/asyncio-to-go/workshop/course"
)

// takesLong is when a command says what it waits for.
const takesLong = 2 * time.Second

// A wait says in a line what a command waits for, each time that this takes long.
type wait struct {
	w io.Writer

	mu    sync.Mutex  // guards the below, and w while it is written to
	timer *time.Timer // nil: nothing is waited for
}

// waitFor begins to wait. Compiling is what takes long here, most of all at the
// first time.
func waitFor(w io.Writer, what string) *wait {
	one := &wait{w: w}
	one.begin(what)
	return one
}

func (w *wait) begin(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var timer *time.Timer
	timer = time.AfterFunc(takesLong, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.timer == timer { // it has not been stopped meanwhile
			say(w.w, "workshop: %s …\n", what)
		}
	})
	w.timer = timer
}

// stop ends the wait. After it nothing is written.
func (w *wait) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

// Write ends the wait: what was waited for speaks.
func (w *wait) Write(p []byte) (int, error) {
	w.stop()
	return len(p), nil
}

// test takes in a test of a check: while one runs, nothing is compiled; after the
// last one the race detector's build begins.
func (w *wait) test(t course.Test) {
	w.stop()
	if !t.Running && t.Passed {
		w.begin("compiling for the race detector; the first time takes longest")
	}
}

// compiling is what a check waits for first.
const compiling = "compiling; the first time takes up to a minute"
