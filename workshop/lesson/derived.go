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
	return watch(inner, cancel, false)
}

func watch(inner context.Context, cancel context.CancelCauseFunc, notesDetours bool) (context.Context, context.CancelCauseFunc) {
	w := &watched{Context: inner, done: make(chan struct{}), derived: make(map[*derived]func()), notesDetours: notesDetours}
	stop := context.AfterFunc(inner, w.end)
	return w, func(cause error) {
		stop() // what is derived ends before cancel returns
		cancel(cause)
		w.end()
	}
}

// Context is one as [WithCancel] makes it, for a test that calls [NothingLeft], which then also
// counts what is derived by way of a context of another kind, such as context.WithValue's: it is
// known by a goroutine of package context. That takes too long for the scenarios of an exam.
// It ends with the test, or after ten minutes, so that an answer which waits for its end comes to an end, too.
func Context(tb testing.TB) context.Context {
	tb.Helper()
	parent, stop := context.WithTimeout(tb.Context(), 10*time.Minute)
	tb.Cleanup(stop)
	inner, cancel := context.WithCancelCause(parent)
	ctx, _ := watch(inner, cancel, true)
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

	notesDetours bool
	detours      []derived // what answers have derived by way of another context
}

// A derived is a place of the answer that has derived from a context.
type derived struct {
	by, bubble int // the goroutine that derived, and its bubble
	at         call
	how        string // the function that it called for this
}

func (w *watched) Done() <-chan struct{} {
	w.look()
	if w.notesDetours && deriving() {
		w.mayDetour()
	}
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
	if d.at.file != "" || w.notesDetours { // others are not asked for it, and it takes long
		d.by, d.bubble = self()
	}
	w.derived[d] = f
	keep(d)
	if w.notesDetours {
		noDetour(*d)
	}
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
	all, detours := w.derived, w.detours
	w.derived, w.detours = nil, nil
	w.mu.Unlock()
	for _, d := range detours {
		noDetour(d)
	}
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
	// Those whose AfterFunc package context has not called: they derive by way of a context of another
	// kind, and a goroutine, started by the one that derived, waits for both.
	detours map[derived]bool
}{all: make(map[*derived]bool), detours: make(map[derived]bool)}

// propagate is the function of package context that looks at a parent's Done when one derives from it.
const propagate = "context.(*cancelCtx).propagateCancel"

// deriving reports whether package context asks for Done because a goroutine derives from the context.
func deriving() bool {
	callers := make([]uintptr, 4) // the methods of contexts in between
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		if frame.Function == propagate || !more {
			return frame.Function == propagate
		}
	}
}

// mayDetour notes what derives from w, until AfterFunc shows that it is no detour.
func (w *watched) mayDetour() {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := *derivedHere()
	d.by, d.bubble = self()
	notCanceled.Lock()
	defer notCanceled.Unlock()
	if !w.ended && !notCanceled.detours[d] {
		notCanceled.detours[d] = true
		w.detours = append(w.detours, d)
	}
}

func noDetour(d derived) {
	notCanceled.Lock()
	defer notCanceled.Unlock()
	delete(notCanceled.detours, d)
}

// detours are those of a bubble, by the goroutine that has made them.
func detours(bubble int) map[int][]derived {
	notCanceled.Lock()
	defer notCanceled.Unlock()
	by := make(map[int][]derived)
	for d := range notCanceled.detours {
		if d.bubble == bubble {
			by[d.by] = append(by[d.by], d)
		}
	}
	return by
}

// answerDetours describes the contexts that the answer has derived by way of another context,
// and whose goroutine is still there. Where a test's own may be among them, it says nothing.
func answerDetours(bubble int) string {
	made := detours(bubble)
	if len(made) == 0 {
		return ""
	}
	var lines []string
	inContext := func(file string) bool { return strings.HasSuffix(file, "context/context.go") }
	for _, g := range goroutines(allStacks(), inContext) {
		if g.bubble != bubble || !strings.HasPrefix(g.at.function, propagate+".") {
			continue
		}
		by := made[g.by]
		if slices.ContainsFunc(by, func(d derived) bool { return d.at.file == "" }) {
			continue
		}
		for _, d := range by {
			lines = append(lines, d.String()+", by way of another context, such as context.WithValue's")
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}

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

// derivedHere is the place of the answer that calls package context, if an answer does, without its goroutine.
func derivedHere() *derived {
	d := new(derived)
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

// String says it in a line of its own.
func (d derived) String() string {
	what := ", whose cancel was not called"
	if d.how == "context.AfterFunc" {
		what = ", whose stop was not called"
	}
	return "      " + d.at.String() + ": " + d.how + what
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
		lines = append(lines, d.String())
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}
