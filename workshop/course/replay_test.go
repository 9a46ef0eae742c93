package course_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

// replayed is the result of runs of 1.1's tests.
func replayed(t *testing.T, runs ...course.Replay) (course.Result, string) {
	t.Helper()
	root, err := course.Root(".")
	require.NoError(t, err)
	l, err := course.Find(root, "1.1")
	require.NoError(t, err)
	found, skip, err := l.Replayed(map[string]string{"exercise.go": l.Solution()}, runs...)
	require.NoError(t, err)
	return found, skip
}

// events are those of tests that have ended so, and of the binary's end.
func events(end string, tests ...string) *strings.Reader {
	var b strings.Builder
	for _, each := range tests {
		name, action, ended := strings.Cut(each, " ")
		fmt.Fprintf(&b, `{"Action":"run","Test":%q}`+"\n", name)
		if ended {
			fmt.Fprintf(&b, `{"Action":%q,"Test":%q}`+"\n", action, name)
		}
	}
	fmt.Fprintf(&b, `{"Action":%q}`+"\n", end)
	return strings.NewReader(b.String())
}

func TestWhatEndsATestElsewhereIsItsMessage(t *testing.T) {
	found, skip := replayed(t, course.Replay{Events: events("fail", "TestDoesNotDrift pass", "TestFGetsCtxItself"), Failed: true, Ended: "hang: an endless loop?"})
	assert.Empty(t, skip, "behind a hang no test runs")
	assert.False(t, found.Passed())
	states := make(map[string]string)
	for _, one := range found.Tests {
		states[one.Name] = one.State()
		if one.Name == "TestFGetsCtxItself" {
			assert.Equal(t, "hang: an endless loop?", one.Message)
		}
	}
	assert.Equal(t, course.OK, states["TestDoesNotDrift"])
	assert.Equal(t, course.Wrongly, states["TestFGetsCtxItself"])
	assert.Equal(t, course.Unrun, states["TestExam"])
}

func TestAfterACrashAnotherBinaryRunsTheOtherTests(t *testing.T) {
	crashed := course.Replay{Events: events("fail", "TestDoesNotDrift pass", "TestFGetsCtxItself"), Failed: true, Crash: "panic: oh\n\ngoroutine 7 [running]:\n"}
	_, skip := replayed(t, crashed)
	assert.Equal(t, "^(TestExam|TestDoesNotDrift|TestFGetsCtxItself)$", skip)

	crashed.Events = events("fail", "TestDoesNotDrift pass", "TestFGetsCtxItself")
	found, _ := replayed(t, crashed, course.Replay{Events: events("pass", "TestCallsFOnceEachInterval pass")})
	assert.True(t, found.Says("panic: oh"))
	for _, one := range found.Tests {
		switch one.Name {
		case "TestCallsFOnceEachInterval":
			assert.True(t, one.Passed)
		case "TestExam":
			assert.Equal(t, course.Unrun, one.State())
			assert.Equal(t, "the exam comes when all other tests pass", one.Message)
		}
	}
}

func TestATestThatFailedBeforeACrashSaysOnlyWhyItFailed(t *testing.T) {
	found, _ := replayed(t, course.Replay{Failed: true, Crash: "panic: oh\n\ngoroutine 7 [running]:\n", Events: strings.NewReader(
		`{"Action":"run","Test":"TestDoesNotDrift"}` + "\n" +
			`{"Action":"output","Test":"TestDoesNotDrift","Output":"    exercise_test.go:9: it drifts\n"}` + "\n" +
			`{"Action":"fail","Test":"TestDoesNotDrift"}` + "\n" +
			`{"Action":"run","Test":"TestFGetsCtxItself"}` + "\n" +
			`{"Action":"fail"}` + "\n")})
	said := make(map[string]string)
	for _, one := range found.Tests {
		said[one.Name] = one.Message
	}
	assert.Equal(t, "exercise_test.go:9: it drifts", said["TestDoesNotDrift"])
	assert.Equal(t, "panic: oh", said["TestFGetsCtxItself"])
}

func TestAFailureByExitStatusAloneIsOne(t *testing.T) {
	var all []string
	root, err := course.Root(".")
	require.NoError(t, err)
	l, err := course.Find(root, "1.1")
	require.NoError(t, err)
	none, _, err := l.Replayed(map[string]string{"exercise.go": l.Solution()}, course.Replay{Events: events("pass", "TestDoesNotDrift pass")})
	require.NoError(t, err)
	for _, one := range none.Tests {
		all = append(all, one.Name+" pass")
	}
	right, _ := replayed(t, course.Replay{Events: events("pass", all...)})
	assert.True(t, right.Passed())
	wrong, _ := replayed(t, course.Replay{Events: events("pass", all...), Failed: true})
	assert.False(t, wrong.Passed(), "as goleak says it")
	assert.Contains(t, wrong.Summary(), "could not run to their end")
}

func TestTestsThatSayTheSameStandTogether(t *testing.T) {
	r := course.Result{Tests: []course.Test{
		{Name: "TestA", Message: "a_test.go:1: late"}, {Name: "TestB", Passed: true}, {Name: "TestC", Message: "a_test.go:2: late"}, {Name: "TestD", Message: "early"},
	}}
	var names []string
	for _, same := range r.Grouped() {
		var together []string
		for _, one := range same {
			together = append(together, one.Name)
		}
		names = append(names, strings.Join(together, "+"))
	}
	assert.Equal(t, []string{"TestA+TestC", "TestB", "TestD"}, names)
	assert.Equal(t, "1 right, 3 wrong, 0 not written yet", r.Summary())
}
