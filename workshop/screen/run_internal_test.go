package screen

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestARunIsDrawnAboveTheSolutions(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(lesson.Run{
		Scenario: "f takes 1 s", Wrong: 2,
		Lines: []lesson.RunLine{{Task: "f", Text: "is called", Waiting: true}, {At: time.Second, Task: "f", Text: "returns"}, {At: time.Second, Task: "f 2", Text: "is called beside it"}},
		Solution: []lesson.RunLine{
			{Task: "f", Text: "is called", Waiting: true}, {At: time.Second, Task: "f", Text: "returns"}, {At: 2 * time.Second, Task: "f", Text: "is called again"},
		},
	})
	require.NoError(t, err)
	drawn := ansi.Strip(drawRun(course.Test{Run: string(text)}.OwnRun(), 50))
	assert.Equal(t, strings.TrimPrefix(`
tried: f takes 1 s
what your answer did
     0s        0.5s       1s        1.5s      2s
f    ●╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱●
f 2                       ●
     ● says  ╱ waits
what the solution does
     0s        0.5s       1s        1.5s      2s
f    ●╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱●━━━━━━━━━━━━━━━━━━━●
     ● says  ╱ waits
       0s  f           is called
       1s  f           returns
▸      1s  f 2         is called beside it
=      2s  f           is called again
▸ it went wrong here  = the solution
`, "\n"), drawn)
	assert.Nil(t, course.Test{}.OwnRun())
	assert.Nil(t, course.Test{Run: "{"}.OwnRun())
	assert.Nil(t, course.Test{Run: "{}"}.OwnRun())
}

func TestALongRunIsCutToWhatMatters(t *testing.T) {
	t.Parallel()
	r := &lesson.Run{Wrong: -1}
	for i := range 200 {
		r.Lines = append(r.Lines, lesson.RunLine{At: time.Duration(i) * time.Second, Task: "task " + string(rune('a'+i%12)), Text: "turn"})
	}
	drawn := ansi.Strip(drawRun(r, 80))
	assert.Less(t, strings.Count(drawn, "\n"), 30)
	assert.Contains(t, drawn, "and 4 more tasks")
	assert.Contains(t, drawn, "3m19s", "it failed at its end")
	r.Wrong = 3
	assert.Contains(t, ansi.Strip(drawRun(r, 80)), "▸      3s  task d")
}

func TestTheStatusSaysWhatACheckWaitsFor(t *testing.T) {
	t.Parallel()
	r := &run{began: time.Now(), since: time.Now()}
	long := func() { r.since = time.Now().Add(-2 * takesLong) }
	assert.Regexp(t, `^checking, 0\.\d s: compiling$`, r.progress())
	r.add(course.Test{Name: "TestStops", Running: true})
	assert.Contains(t, r.progress(), ": running stops")
	assert.NotContains(t, r.progress(), "compiling", "a loop is no compiler")
	r.add(course.Test{Name: "TestStops", Passed: true})
	assert.Regexp(t, `: 1 right, 0 wrong$`, r.progress())
	r.add(course.Test{Name: "TestDoesNotDrift", Running: true})
	assert.Regexp(t, `: 1 right, 0 wrong$`, r.progress(), "it has just begun")
	long()
	assert.Regexp(t, `: 1 right, 0 wrong; running does not drift$`, r.progress())
	r.add(course.Test{Name: "TestDoesNotDrift", Passed: true})
	long()
	assert.Regexp(t, `: 2 right, 0 wrong; compiling for the race detector$`, r.progress())
	r.add(course.Test{Name: "TestStops", Running: true})
	assert.Regexp(t, `: 2 right, 0 wrong; now under the race detector$`, r.progress())
	r.add(course.Test{Name: "TestStops", Message: "data race: …"})
	assert.Regexp(t, `: 1 right, 1 wrong`, r.progress(), "it comes again")
	assert.Len(t, r.soFar().Tests, 2)
}

func TestARaceIsASentenceAndItsReportIsAKeyAway(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(lesson.Run{Wrong: 0, Lines: []lesson.RunLine{{Task: "f", Text: "is called twice"}}})
	require.NoError(t, err)
	s := play(t, found(course.Test{Name: "TestStops", Message: "data race: exercise.go:2 writes n", Raw: "WARNING: DATA RACE\nWrite at 0x1", Run: string(text)}, passes), "1.1")
	s.save(t, "package exercise\nvar n int\n")
	s.types("c")
	s.until(t, "✗ WRONG: 1 of 2 tests fails")
	assert.Contains(t, s.look(), "m shows the whole report")
	assert.NotContains(t, s.look(), "WARNING: DATA RACE")
	assert.Contains(t, s.look(), "what your answer did")
	assert.Contains(t, s.look(), "▸      0s  f           is called twice")
	s.types("m")
	assert.Contains(t, s.look(), "WARNING: DATA RACE")
}

func TestWhatDidNotRunSaysWhyAndIsNoFailure(t *testing.T) {
	t.Parallel()
	hangs := course.Test{Name: "TestStops", Message: "hang: Every (exercise.go:2) runs"}
	unrun := course.Test{Name: "TestDoesNotDrift", NotRun: true, Message: "not run: the answer hangs"}
	other := course.Test{Name: "TestRunsOneCallAtATime", NotRun: true, Message: "not run: the answer hangs"}
	s := play(t, found(hangs, unrun, other), "1.1")
	s.save(t, "package exercise\nfunc Every() { for {} }\n")
	s.types("c")
	s.until(t, "✗ WRONG: 1 of 3 tests fails, 2 not run")
	assert.Equal(t, 1, strings.Count(s.look(), "not run: the answer hangs"), "once for all")
	assert.Contains(t, s.look(), "– does not drift")
	assert.Contains(t, s.look(), "– runs one call at a time")
}

func TestARightAnswerSaysWhetherTheRaceDetectorRan(t *testing.T) {
	t.Parallel()
	one := []course.Test{passes}
	assert.Equal(t, "✓ RIGHT: the test passes", ansi.Strip((&outcome{Result: course.Result{Tests: one, Raced: true}}).summary()))
	assert.Equal(t, "✓ RIGHT: the test passes; race detector: not run, no C compiler", ansi.Strip((&outcome{Result: course.Result{Tests: one, NoRace: "no C compiler"}}).summary()))
	vetted := &outcome{Result: course.Result{Vetted: true, Broken: "x"}, broke: saying{text: "exercise.go:4:2: unreachable code"}}
	assert.Equal(t, "✗ WRONG: go vet finds a mistake: exercise.go:4", ansi.Strip(vetted.summary()))
}
