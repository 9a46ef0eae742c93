package lesson

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// WithCancel is context.WithCancelCause, but [NothingLeft] also counts what the answer
// has derived from this context: a context whose cancel function was never
// called, or a context.AfterFunc that was never stopped. Both stay in memory until
// ctx ends.
func WithCancel(parent context.Context) (context.Context, context.CancelCauseFunc) {
	inner, cancel := context.WithCancelCause(parent)
	w := &watched{Context: inner, done: make(chan struct{}), derived: make(map[*derived]func())}
	stop := context.AfterFunc(inner, w.end)
	return w, func(cause error) {
		stop() // what is derived ends before cancel returns
		cancel(cause)
		w.end()
	}
}

// Context is one of [WithCancel]'s, for a test that calls [NothingLeft]. It ends with the
// test, or after ten minutes, so that an answer which waits for its end comes to an end, too.
func Context(tb testing.TB) context.Context {
	tb.Helper()
	parent, cancel := context.WithTimeout(tb.Context(), 10*time.Minute)
	tb.Cleanup(cancel)
	ctx, _ := WithCancel(parent)
	return ctx
}

// watched has a Done channel of its own, so that package context registers what is
// derived from it by AfterFunc, as it does for each context that is not its own.
type watched struct {
	context.Context //nolint:containedctx // it is one

	mu      sync.Mutex
	done    chan struct{}
	ended   bool
	derived map[*derived]func()
}

// A derived is a place of the answer that has derived from a context.
type derived struct {
	bubble int
	at     call
	how    string // the function that it called for this
}

func (w *watched) Done() <-chan struct{} {
	w.look()
	return w.done
}

func (w *watched) Err() error {
	w.look()
	return w.Context.Err()
}

// Value is what context.Cause asks.
func (w *watched) Value(key any) any {
	w.look()
	return w.Context.Value(key)
}

// look ends w, and what is derived from it, before a caller sees that its parent has ended.
func (w *watched) look() {
	if w.Context.Err() != nil {
		w.end()
	}
}

// AfterFunc is what package context calls, see context.AfterFunc.
func (w *watched) AfterFunc(f func()) (stop func() bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		go f()
		return func() bool { return false }
	}
	d := derivedHere()
	w.derived[d] = f
	keep(d)
	return func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		_, registered := w.derived[d]
		delete(w.derived, d)
		forget(d)
		return registered
	}
}

func (w *watched) end() {
	w.mu.Lock()
	if w.ended {
		w.mu.Unlock()
		return
	}
	w.ended = true
	all := w.derived
	w.derived = nil
	w.mu.Unlock()
	for d, f := range all {
		forget(d)
		f()
	}
	close(w.done) // last: what waits for it finds that all that is derived has ended, too
}

// notCanceled are the derivations that are not over.
var notCanceled = struct {
	sync.Mutex

	all map[*derived]bool
}{all: make(map[*derived]bool)}

func keep(d *derived) {
	notCanceled.Lock()
	defer notCanceled.Unlock()
	notCanceled.all[d] = true
}

func forget(d *derived) {
	notCanceled.Lock()
	defer notCanceled.Unlock()
	delete(notCanceled.all, d)
}

// derivedHere is the place of the answer that calls package context, if an answer does.
func derivedHere() *derived {
	d := &derived{bubble: int(bubbleNumber())}
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for {
		frame, more := frames.Next()
		if ownFile(frame.File) {
			if !strings.HasSuffix(frame.File, "_test.go") {
				d.at = call{frame.Function, frame.File, frame.Line}
			}
			return d
		}
		d.how = frame.Function[strings.LastIndexByte(frame.Function, '/')+1:]
		if !more {
			return d
		}
	}
}

// answerDerived describes what the answer has derived in a bubble, and has not given back.
func answerDerived(bubble int) string {
	notCanceled.Lock()
	defer notCanceled.Unlock()
	var lines []string
	for d := range notCanceled.all {
		if d.bubble != bubble || d.at.file == "" {
			continue
		}
		what := ", whose cancel was not called"
		if d.how == "context.AfterFunc" {
			what = ", whose stop was not called"
		}
		lines = append(lines, "      "+d.at.String()+": "+d.how+what)
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}
