package lesson

import (
	"cmp"
	"encoding/json"
	"flag"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"
)

// A Run is what an answer did in one bubble of a test: what the test's fakes
// said through [Log], in order of time. It is what a learner sees of a test that
// fails.
type Run struct {
	Bubble   int       `json:"bubble"`             // the bubble's place among those of its test, from 1
	Scenario string    `json:"scenario,omitempty"` // what was tried, if the test drew it
	Lines    []RunLine `json:"lines"`
	Wrong    int       `json:"wrong"`              // the line at which it went wrong; -1 if the test found out at its end
	Solution []RunLine `json:"solution,omitempty"` // the same test with the solution, where it is known
}

// A RunLine is a line of a Run.
type RunLine struct {
	At      time.Duration `json:"at"` // in nanoseconds since the bubble began
	Task    string        `json:"task"`
	Text    string        `json:"text"`
	Level   slog.Level    `json:"level,omitempty"`
	Waiting bool          `json:"waiting,omitempty"`
}

// Apart is the first line in which the run and the solution's differ; -1 if the
// solution's is not known, or they are the same.
func (r *Run) Apart() int {
	if len(r.Solution) == 0 {
		return -1
	}
	key := func(l RunLine) RunLine {
		return RunLine{At: l.At.Truncate(time.Millisecond), Task: l.Task, Text: l.Text}
	}
	for i := range max(len(r.Lines), len(r.Solution)) {
		if i >= len(r.Lines) || i >= len(r.Solution) || key(r.Lines[i]) != key(r.Solution[i]) {
			return i
		}
	}
	return -1
}

// RunKey is the attribute of a test (testing.T.Attr) that holds its [Run] as
// JSON. A long one goes on in attributes RunMoreKey: go test -json takes a line
// of more than 4 KiB for output.
const (
	RunKey     = "run"
	RunMoreKey = "run-more"
)

// maxRun is how many lines of a run are kept: an answer that loops says the
// same again and again.
const maxRun = 1000

// showBubble makes the test tell its run of this bubble also when it passes. So
// the same bubble can be run with the solution, for comparison.
var showBubble = new(int)

func init() {
	if testing.Testing() {
		showBubble = flag.Int("lesson.bubble", 0, "tell the run of this bubble of each test, from 1, also if the test passes")
	}
}

// A diary takes down the run of a bubble.
type diary struct {
	start time.Time

	mu     sync.Mutex // guards the below
	failed func() bool
	run    Run
}

var diaries = struct {
	sync.Mutex                   // guards the below
	open       map[string]*diary // by the test's name
	bubbles    map[string]int    // how many bubbles each test has begun
}{open: make(map[string]*diary), bubbles: make(map[string]int)}

// openDiary begins the run of a bubble of t. The bubble calls begin once time is
// its own.
func openDiary(t *testing.T) *diary {
	t.Helper()
	diaries.Lock()
	defer diaries.Unlock()
	diaries.bubbles[t.Name()]++
	d := &diary{failed: t.Failed, run: Run{Bubble: diaries.bubbles[t.Name()], Wrong: -1, Lines: []RunLine{}}}
	diaries.open[t.Name()] = d
	return d
}

func (d *diary) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.start = time.Now()
}

func (d *diary) say(l Line, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.run.Lines) == maxRun {
		return
	}
	if d.run.Wrong < 0 && d.failed() {
		d.run.Wrong = max(0, len(d.run.Lines)-1)
	}
	d.run.Lines = append(d.run.Lines, RunLine{At: at.Sub(d.start), Task: l.Task, Text: l.Text, Level: l.Level, Waiting: l.Waiting})
}

var failures atomic.Int64

// Failures is how many bubbles have failed so far in this test binary.
func Failures() int { return int(failures.Load()) }

// close ends the run and tells it if the test has failed.
func (d *diary) close(t *testing.T, failed bool) {
	t.Helper()
	if failed {
		failures.Add(1)
	}
	diaries.Lock()
	delete(diaries.open, t.Name())
	diaries.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.run.Lines) > 0 && (failed || *showBubble == d.run.Bubble) {
		d.run.Lines = inOrder(d.run.Lines)
		Tell(t, d.run)
	}
}

// inOrder sorts the lines of a run by time; of one instant, by task. What one
// task says keeps its order. So the lines of tasks that speak at one instant, in
// any order, stand in the same order on each run.
func inOrder(lines []RunLine) []RunLine {
	slices.SortStableFunc(lines, func(a, b RunLine) int {
		return cmp.Or(cmp.Compare(a.At, b.At), compareNames(a.Task, b.Task))
	})
	return lines
}

// Tell hands r to the program that runs the test, as the test's attribute [RunKey].
func Tell(tb testing.TB, r Run) {
	tb.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		tb.Errorf("the run cannot be told: %v", err)
		return
	}
	for key := RunKey; len(text) > 0; key = RunMoreKey {
		n := min(len(text), 3<<10)
		for n < len(text) && (text[n-1] == ' ' || !utf8.RuneStart(text[n])) { // go test -json drops a space at the end
			n--
		}
		tb.Attr(key, string(text[:n]))
		text = text[n:]
	}
}

// Log returns the log of the bubble that t runs at the moment: what the fakes of
// a test say through it becomes the test's [Run]. As in a story, the attribute
// "task" says which task speaks, and [Waiting] that it waits from here on. In
// a test without a bubble the log drops what is said.
func Log(tb testing.TB) *slog.Logger {
	tb.Helper()
	diaries.Lock()
	defer diaries.Unlock()
	d := diaries.open[tb.Name()]
	if d == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(handler{say: func(l Line, r slog.Record) { d.say(l, r.Time) }})
}
