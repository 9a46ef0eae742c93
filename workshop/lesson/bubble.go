package lesson

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// How long a bubble may take in real time. Virtual time needs milliseconds: what
// takes longer hangs in a way that a bubble cannot see.
type limits struct {
	look   time.Duration // how often the bubble is looked at; less often where a look takes long
	still  time.Duration // nothing in it has moved
	world  time.Duration // nothing in it has moved, and the system may be why: a slow disk, a full pipe
	work   time.Duration // what the process has computed since; a busy machine changes nothing
	failed time.Duration // the same, once the test has failed: what comes then is a consequence
	whole  time.Duration // the longest of all, for a machine that does not say what was computed
}

var patience = limits{
	look:   100 * time.Millisecond,
	still:  time.Second,
	world:  10 * time.Second,
	work:   3 * time.Second,
	failed: 300 * time.Millisecond,
	whole:  25 * time.Second,
}

// hung says that a bubble of this test binary hangs: its goroutines are there
// and cannot be ended.
var hung atomic.Bool

// alone is how many goroutines there are as a bubble begins: the fewest that were seen. Tests with bubbles do not run in parallel.
var alone atomic.Int64

// NotRun is what a test says that comes behind a hang.
const NotRun = "not run: the answer hangs"

// Bubble runs fn as [synctest.Test] does, in virtual time, and waits until
// every goroutine that it started has ended. What would end the whole test
// binary, or hang it, becomes one failure of t that names the goroutines at
// fault by function and line, and the tests after t still run:
//
//   - a deadlock: all goroutines of the bubble wait for each other;
//   - a leak: fn has returned and a goroutine that it started has not;
//   - a panic on the test's goroutine, such as panic("not written yet");
//   - a hang that virtual time cannot see: a goroutine waits for a sync.Mutex
//     that is held across a wait, or for an object that was made outside the
//     bubble, such as a variable of the package; or it loops and never ends.
//     Bubble notices when nothing moves for a second, or after 3 s of computing,
//     0.3 s if the test has failed by then. Later bubbles of the same test
//     binary are skipped. The test gets the attribute "hang".
//
// The goroutines of a deadlock, a leak or a hang stay behind until the test
// binary ends. A panic on any other goroutine still ends the test binary.
func Bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	if hung.Load() {
		t.Skip(NotRun)
	}
	d := openDiary(t)
	fault := Attempt(t, func(t *testing.T) {
		d.begin()
		fn(t)
	})
	d.close(t, fault != "" || t.Failed())
	if fault != "" {
		t.Fatal(fault)
	}
	if t.Failed() {
		t.FailNow()
	}
}

// Attempt is [Bubble] for a test that runs fn many times and judges itself: it
// returns what Bubble would fail with, and does not fail t. It returns nothing
// where t has failed otherwise.
func Attempt(t *testing.T, fn func(t *testing.T)) (fault string) {
	t.Helper()
	var bubble atomic.Int64 // its number in the runtime's stack traces
	var panicked atomic.Pointer[string]
	ended := make(chan any, 1)
	go func() {
		defer func() { ended <- recover() }()
		synctest.Test(t, func(t *testing.T) {
			_, number := self()
			bubble.Store(int64(number))
			if n := int64(runtime.NumGoroutine()); alone.Load() == 0 || n < alone.Load() {
				alone.Store(n)
			}
			defer func() {
				if reason := recover(); reason != nil {
					panicked.Store(new(explainPanic(reason)))
				}
			}()
			fn(t)
		})
	}()
	watch := newVigil(t, &bubble)
	look := time.NewTimer(patience.look)
	defer look.Stop()
	for {
		select {
		case reason := <-ended:
			switch { // what goes wrong after a panic or a failure is its consequence
			case panicked.Load() != nil:
				return *panicked.Load()
			case t.Failed() || reason == nil:
				return ""
			default:
				return explainStuck(reason, int(bubble.Load()))
			}
		case <-look.C:
			start := time.Now()
			if why := watch.hangs(); why != "" {
				hung.Store(true)
				t.Attr("hang", "true")
				return why
			}
			look.Reset(max(patience.look, 10*time.Since(start))) // a thousand goroutines take long to look at
		}
	}
}

// explainStuck explains the panic with which synctest.Test gives up on a bubble.
func explainStuck(reason any, bubble int) string {
	left := bubbleStacks(bubble)
	switch text := fmt.Sprint(reason); {
	case strings.Contains(text, "main bubble goroutine has exited"):
		return "leak: the test is over, but what it started still waits" + crowd() + ":\n" + describe(left)
	case strings.HasPrefix(text, "deadlock:"):
		return "deadlock: no goroutine can go on, each waits for another" + crowd() + ":\n" + describe(left)
	default:
		return "panic: " + text
	}
}

// explainPanic names the line in the test's own folder where the calling
// goroutine, which recovers, has panicked.
func explainPanic(reason any) string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	where := ""
	for more := true; more && where == ""; {
		var f runtime.Frame
		f, more = frames.Next()
		if ownFile(f.File) {
			where = call{f.Function, f.File, f.Line}.String()
		}
	}
	text := fmt.Sprint(reason)
	if strings.Contains(text, "not written yet") {
		return text + ": " + where
	}
	if strings.Contains(text, "comparing uncomparable type") || strings.Contains(text, "hash of unhashable type") {
		text += ": == and the key of a map fail on some types, of errors as well"
	}
	return fmt.Sprintf("panic: %s\n      %s", text, where)
}

// bubbleStacks are the goroutines of a bubble that run or wait in code of the
// test's own folder, or were started there.
func bubbleStacks(bubble int) []goroutine { return inBubble(bubble, ownFile) }

func inBubble(bubble int, own func(file string) bool) []goroutine {
	return slices.DeleteFunc(goroutines(allStacks(), own), func(g goroutine) bool {
		return g.bubble != bubble || g.state == "synctest.Run"
	})
}

// mostStacks is how much of the stacks is read. It holds some 20,000 goroutines.
const mostStacks = 8 << 20

// allStacks is the runtime's trace of all goroutines, or of the first ones.
func allStacks() string {
	buf := make([]byte, 1<<16)
	for {
		if n := runtime.Stack(buf, true); n < len(buf) || len(buf) >= mostStacks {
			return string(buf[:n])
		}
		buf = make([]byte, 2*len(buf))
	}
}

// crowd says how many goroutines there are, if there are too many to look at each.
func crowd() string {
	if n := runtime.NumGoroutine(); n > 10_000 {
		return fmt.Sprintf(" (%d goroutines are there; some of them)", n)
	}
	return ""
}

// workingDir is where go test runs a test: in the folder of its package.
var workingDir, _ = os.Getwd() // empty: no frame is the test's own, and the list of goroutines stays empty
