package lesson

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A vigil notices that a bubble does not come to an end. It tells a hang from a
// slow machine: a goroutine that could run is no hang until it has run for long.
type vigil struct {
	t      *testing.T
	bubble *atomic.Int64
	began  time.Time
	worked time.Duration // by the process, before

	before string // what the bubble looked like
	since  time.Time
}

func newVigil(t *testing.T, bubble *atomic.Int64) *vigil {
	t.Helper()
	now := time.Now()
	return &vigil{t: t, bubble: bubble, began: now, worked: computed(), since: now}
}

// hangs says what hangs; nothing if the bubble may still come to an end.
func (v *vigil) hangs() string {
	took := time.Since(v.began)
	work := took
	if v.worked > 0 {
		work = computed() - v.worked
	}
	allowed := patience.work
	if v.t.Failed() {
		allowed = patience.failed
	}
	if min(work, took) > allowed || took > patience.whole {
		return "hang: the test does not come to an end; what runs in it goes on and on" + v.where()
	}
	all := inBubble(int(v.bubble.Load()), func(string) bool { return true })
	if now := looks(all); now == "" || now != v.before {
		v.before, v.since = now, time.Now()
		return ""
	}
	object := reason(all)
	if still := time.Since(v.since); still < patience.still || object == "" && still < patience.world {
		return ""
	}
	if bubble := int(v.bubble.Load()); neverUnlocked(bubbleStacks(bubble), inBubble(bubble, answerFile)) {
		object = "a mutex that is locked, and no other goroutine is at work with it: a panic or a return has skipped its Unlock, or a goroutine locks it twice"
	}
	return "hang: the test does not come to an end; virtual time stands still while a goroutine waits for " + cmp.Or(object, world) + v.where()
}

func (v *vigil) where() string {
	stuck := bubbleStacks(int(v.bubble.Load()))
	for range 100 {
		// The jump of an empty loop has no line of its own: it is said to be in
		// line 1. A goroutine that has run since is seldom there again.
		if !slices.ContainsFunc(stuck, func(g goroutine) bool { return g.at.line == 1 }) {
			break
		}
		<-time.After(time.Millisecond)
		stuck = bubbleStacks(int(v.bubble.Load()))
	}
	return crowd() + ":\n" + describe(stuck)
}

// looks is where the goroutines of a bubble are and what they wait in; empty if
// one of them could go on.
func looks(all []goroutine) string {
	var b strings.Builder
	for _, g := range all {
		switch g.state {
		case "running", "runnable", "copystack", "preempted", "":
			return ""
		}
		fmt.Fprintf(&b, "%s %s:%d\n", g.state, g.at.file, g.at.line)
	}
	return b.String()
}

// reason says for what kind of object the goroutines of a bubble wait that
// virtual time does not know; empty if it is none of Go's.
func reason(all []goroutine) string {
	waits := func(states ...string) bool {
		return slices.ContainsFunc(all, func(g goroutine) bool { return !g.durable && slices.Contains(states, g.state) })
	}
	switch {
	case slices.ContainsFunc(all, goroutine.locks):
		return "a mutex that another one holds while it waits: either that one should unlock before it waits, or the two should not share a mutex"
	case waits("sync.WaitGroup.Wait"):
		return "a sync.WaitGroup that was made outside the bubble"
	case waits("chan receive", "chan send", "select", "sync.Cond.Wait"):
		return "a channel that was made outside the bubble"
	default:
		return ""
	}
}

// neverUnlocked reports whether the answer waits for a mutex of its own that no
// goroutine is about to unlock. Own are the goroutines in files of the test's
// folder, answer those that are in the answer or were called from there.
func neverUnlocked(own, answer []goroutine) bool {
	return slices.ContainsFunc(own, func(g goroutine) bool { return g.locks() && answerFile(g.at.file) }) &&
		!slices.ContainsFunc(answer, func(g goroutine) bool { return !g.locks() })
}

// locks reports whether a goroutine waits for a mutex.
func (g goroutine) locks() bool {
	return slices.Contains([]string{"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock"}, g.state)
}

const world = "the real world, such as a file, a connection or a process"
