package lesson

import (
	"cmp"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// NothingLeft fails the test if the answer has left a goroutine behind: one that runs
// or waits in a file of the test's folder that is not a test, or was started
// there. It also fails if the answer has derived a context from one of [WithCancel]'s and
// has not canceled it. Call it when the call under test has returned while ctx is still
// alive; what says in a few words what is over, such as "Every has returned".
//
// In a bubble it first waits until all other goroutines of the bubble are
// blocked (synctest.Wait). Outside a bubble it waits for up to one second.
func NothingLeft(tb testing.TB, what string) {
	tb.Helper()
	if left := Left(); left != "" {
		tb.Errorf("leak: %s, ctx is still alive, and %s", what, left)
	}
}

// NothingGoesOn fails the test if a goroutine of the answer is there at this
// moment. [NothingLeft] gives it time to end; this one does not. Call it when a
// call has returned whose effect must be complete, and no other is under way.
func NothingGoesOn(tb testing.TB, what string) {
	tb.Helper()
	_, bubble := self()
	if stacks := answerStacks(bubble); len(stacks) > 0 {
		tb.Errorf("%s, and a goroutine that it has started still works:\n%s", what, describe(stacks))
	}
}

// Left describes what [NothingLeft] looks for, a line for each place: goroutines with
// what they wait for, else contexts. It is empty if nothing is left behind.
func Left() string {
	_, n := self()
	if n != 0 {
		synctest.Wait()
	} else {
		for range 100 {
			if len(answerStacks(0)) == 0 && answerDetours(0) == "" {
				break
			}
			<-time.After(10 * time.Millisecond)
		}
	}
	if stacks := answerStacks(n); len(stacks) > 0 {
		return "a goroutine is left behind:\n" + describe(stacks)
	}
	if derived := cmp.Or(answerDerived(n), answerDetours(n)); derived != "" {
		return "something derived from it is not canceled; it stays in memory until ctx ends:\n" + derived
	}
	return ""
}

// answerStacks are the goroutines of a bubble that run or wait in the answer.
func answerStacks(bubble int) []goroutine {
	if bubble != 0 && int64(runtime.NumGoroutine()) <= alone.Load() {
		return nil // the bubble has no other, and to read stacks takes long
	}
	return slices.DeleteFunc(goroutines(allStacks(), answerFile), func(g goroutine) bool { return g.bubble != bubble })
}

// answerFile reports whether a file belongs to the answer: it is in the folder that is under test, and no test.
func answerFile(file string) bool {
	return ownFile(file) && !strings.HasSuffix(filepath.Base(file), "_test.go")
}
