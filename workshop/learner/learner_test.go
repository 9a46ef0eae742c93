package learner_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const stub = "package exercise\n\nfunc Answer() { panic(\"not written yet\") }\n"

// lesson is one in a workshop of its own, whose exercise is not begun.
func lesson(t *testing.T) course.Lesson {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "part9-test", "01-first")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "exercise", "_stub"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "exercise", "_solution"), 0o755))
	l := course.Lesson{Root: root, Dir: "part9-test/01-first", Part: 9, Number: 1}
	write(t, l.Stub(), stub)
	write(t, l.Answer(), stub)
	write(t, l.Solution(), "package exercise\n\nfunc Answer() {}\n")
	write(t, filepath.Join(dir, "README.md"), "# Its topic\n\n## Hints\n\n<details><summary>1. A nudge</summary>\n\nThink.\n\n</details>\n\n## Go further\n")
	return l
}

func write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

func load(t *testing.T, l course.Lesson) *learner.Progress {
	t.Helper()
	p, note := learner.Load(l.Root)
	require.Empty(t, note)
	return p
}

var (
	passed = course.Result{Tests: []course.Test{{Name: "TestA", Passed: true}}}
	failed = course.Result{Tests: []course.Test{{Name: "TestA", Passed: true}, {Name: "TestB", Message: "it leaks"}}}
)

// found is a check's result about the file as it is now.
func found(l course.Lesson, r course.Result) course.Result {
	r.SHA256 = l.Fingerprint()
	return r
}

func TestACheckCountsAsLongAsTheFileHasNotChanged(t *testing.T) {
	l := lesson(t)
	assert.Equal(t, learner.NotBegun, load(t, l).State(l))
	write(t, l.Answer(), "package exercise\n")
	assert.Equal(t, learner.Begun, load(t, l).State(l))

	require.NoError(t, load(t, l).Checked(l, found(l, failed)))
	assert.Equal(t, learner.Wrong, load(t, l).State(l))
	require.NoError(t, load(t, l).Checked(l, found(l, failed)))
	assert.Equal(t, map[string]int{"TestB": 2}, load(t, l).Of(l).Failures)
	assert.Equal(t, []string{"TestB"}, load(t, l).Of(l).Failing)

	require.NoError(t, load(t, l).Checked(l, found(l, passed)))
	assert.Equal(t, learner.Right, load(t, l).State(l))
	assert.Empty(t, load(t, l).Of(l).Failing)
	assert.Equal(t, 3, load(t, l).Of(l).Checks)

	require.NoError(t, load(t, l).Checked(l, passed))
	assert.Equal(t, learner.Begun, load(t, l).State(l), "it was saved during the check: what was found is not known to be about it")
	require.NoError(t, load(t, l).Checked(l, found(l, passed)))
	write(t, l.Answer(), "package exercise // another\n")
	assert.Equal(t, learner.Begun, load(t, l).State(l))
	require.NoError(t, os.Remove(learner.File(l.Root)))
	assert.Equal(t, learner.Begun, load(t, l).State(l), "only the tick is lost")
}

func TestABrokenOrOlderFileIsSetAsideInALine(t *testing.T) {
	for text, want := range map[string]string{
		"{":                      "is broken",
		"{\n  \"checks\": {}\n}": "is of another version, 0",
		`{"version": 99}`:        "is of another version, 99",
	} {
		l := lesson(t)
		require.NoError(t, os.Mkdir(filepath.Join(l.Root, ".workshop"), 0o755))
		write(t, learner.File(l.Root), text)
		_, note := learner.Load(l.Root)
		assert.Regexp(t, `^\.workshop/progress\.json `+want+`; it is now \.workshop/progress-\d{8}-\d{6}\.json, and check finds again what is right$`, note)
		aside, err := filepath.Glob(filepath.Join(l.Root, ".workshop", "progress-*.json"))
		require.NoError(t, err)
		require.Len(t, aside, 1)
		assert.Equal(t, text, read(t, aside[0]))
		require.NoError(t, load(t, l).Checked(l, found(l, passed)))
	}
}

func TestWhatAnotherProgramHasWrittenStays(t *testing.T) {
	l := lesson(t)
	other := course.Lesson{Root: l.Root, Dir: "part9-test/02-second", Part: 9, Number: 2}
	one, two := load(t, l), load(t, l)
	require.NoError(t, one.Update(l, func(d *learner.Done) { d.Hints = 1 }))
	require.NoError(t, two.Update(other, func(d *learner.Done) { d.Hints = 2 }))
	assert.Equal(t, 1, load(t, l).Of(l).Hints)
	assert.Equal(t, 2, load(t, l).Of(other).Hints)
	left, err := os.ReadDir(filepath.Join(l.Root, ".workshop"))
	require.NoError(t, err)
	assert.Len(t, left, 2, "the file and its lock; nothing temporary is left")
}

func TestTheSolutionIsShownAfterGreenOrTheLastHintOrWhenAskedTwice(t *testing.T) {
	l := lesson(t)
	assert.False(t, load(t, l).MaySeeSolution(l))
	for _, change := range []func(*learner.Done){
		func(d *learner.Done) { *d = learner.Done{Hints: 1} },
		func(d *learner.Done) { *d = learner.Done{Asked: 1} },
	} {
		require.NoError(t, load(t, l).Update(l, change))
		assert.True(t, load(t, l).MaySeeSolution(l))
	}
	require.NoError(t, load(t, l).Update(l, func(d *learner.Done) { *d = learner.Done{} }))
	write(t, l.Answer(), "package exercise\n\nfunc Answer() {  }\n")
	require.NoError(t, load(t, l).Checked(l, found(l, passed)))
	assert.True(t, load(t, l).MaySeeSolution(l))

	diff, err := learner.Compare(l)
	require.NoError(t, err)
	assert.Equal(t, "--- your answer\n+++ the solution\n@@ -1,3 +1,3 @@\n package exercise\n \n-func Answer() {  }\n+func Answer() {}\n", diff)
}

func TestResetKeepsACopyOfTheAnswer(t *testing.T) {
	l := lesson(t)
	kept, err := learner.Reset(l)
	require.NoError(t, err)
	assert.Empty(t, kept, "the exercise was not begun")

	for _, text := range []string{"package exercise // mine\n", "package exercise // again\n"} { // within a second
		write(t, l.Answer(), text)
		kept, err = learner.Reset(l)
		require.NoError(t, err)
		assert.Regexp(t, `^\.workshop/kept/part9-test-01-first-\d{8}-\d{6}(-2)?$`, kept)
		assert.Equal(t, text, read(t, filepath.Join(l.Root, kept, "exercise.go")))
		assert.Equal(t, stub, read(t, l.Answer()))
	}
	require.NoError(t, os.Remove(l.Answer()))
	kept, err = learner.Reset(l)
	require.NoError(t, err)
	assert.Empty(t, kept)
	assert.Equal(t, stub, read(t, l.Answer()), "it is back")
}

func TestWithoutACopyNothingIsReset(t *testing.T) {
	l := lesson(t)
	write(t, filepath.Join(l.Root, ".workshop"), "a file in the way")
	write(t, l.Answer(), "package exercise // mine\n")
	_, err := learner.Reset(l)
	require.ErrorContains(t, err, "nothing was reset, since no copy can be kept: ")
	assert.Equal(t, "package exercise // mine\n", read(t, l.Answer()))
}

// watch watches a lesson until the test is over; it returns how often its exercise was saved.
func watch(t *testing.T, l course.Lesson) *atomic.Int32 {
	t.Helper()
	var saves atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { assert.ErrorIs(t, learner.Watch(ctx, l, func() { saves.Add(1) }), context.Canceled) })
	t.Cleanup(watching.Wait)
	t.Cleanup(cancel)
	time.Sleep(50 * time.Millisecond) // it has looked at the file
	return &saves
}

func assertSaves(t *testing.T, want int32, saves *atomic.Int32) {
	t.Helper()
	assert.Eventually(t, func() bool { return saves.Load() == want }, 5*time.Second, 5*time.Millisecond, "%d saves are seen, not %d", saves.Load(), want)
}

func TestEachWayInWhichEditorsSaveIsSeen(t *testing.T) {
	t.Parallel()
	l := lesson(t)
	saves := watch(t, l)
	name := l.Answer()

	write(t, name, "package exercise // written in place\n")
	assertSaves(t, 1, saves)

	write(t, name+".tmp", "package exercise // written beside it and renamed, as helix does\n")
	require.NoError(t, os.Rename(name+".tmp", name))
	assertSaves(t, 2, saves)

	require.NoError(t, os.Rename(name, name+"~")) // as vim does: a backup, then a new file
	time.Sleep(100 * time.Millisecond)
	write(t, name, "package exercise // written anew behind a backup\n")
	assertSaves(t, 3, saves)
	require.NoError(t, os.Remove(name+"~"))

	f, err := os.Create(name) // in several steps
	require.NoError(t, err)
	for _, part := range []string{"package ", "exercise ", "// in parts\n"} {
		_, err = f.WriteString(part)
		require.NoError(t, err)
	}
	require.NoError(t, f.Close())
	assertSaves(t, 4, saves)

	write(t, name, "package exercise // in parts\n") // the same text
	write(t, filepath.Join(filepath.Dir(name), "notes.txt"), "think\n")
	time.Sleep(200 * time.Millisecond)
	assertSaves(t, 4, saves)
}

func TestASaveIsSeenWhereNoEventComes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a folder that is watched cannot be moved away")
	}
	l := lesson(t)
	saves := watch(t, l)
	folder := filepath.Dir(l.Answer()) // another folder takes its place: no event comes from there
	require.NoError(t, os.Rename(folder, folder+"-old"))
	require.NoError(t, os.Mkdir(folder, 0o755))
	write(t, l.Answer(), "package exercise // elsewhere\n")
	assertSaves(t, 1, saves)
	write(t, l.Answer(), "package exercise // and again\n")
	assertSaves(t, 2, saves)
}

func TestAFileThatCannotBeWrittenIsAnError(t *testing.T) {
	l := lesson(t)
	write(t, filepath.Join(l.Root, ".workshop"), "a file in the way")
	var path *os.PathError
	p, _ := learner.Load(l.Root)
	write(t, l.Answer(), "package exercise\n")
	require.ErrorAs(t, p.Checked(l, found(l, passed)), &path)
	require.ErrorAs(t, p.Update(l, func(d *learner.Done) { d.Hints++ }), &path)
	assert.Equal(t, learner.Right, p.State(l), "as long as the program runs, it knows")
	assert.Equal(t, 1, p.Of(l).Hints)
}

func TestTheLearnersFolderIsTheUnit(t *testing.T) {
	l := lesson(t)
	folder := filepath.Dir(l.Answer())
	write(t, filepath.Join(folder, "exercise_test.go"), "package exercise\n") // the exercise's own
	assert.Equal(t, learner.NotBegun, load(t, l).State(l))

	helper := filepath.Join(folder, "helper.go")
	write(t, helper, "package exercise // one\n")
	assert.Equal(t, learner.Begun, load(t, l).State(l), "a file was added")
	require.NoError(t, load(t, l).Checked(l, found(l, passed)))
	assert.Equal(t, learner.Right, load(t, l).State(l))
	write(t, helper, "package exercise // two\n")
	assert.Equal(t, learner.Begun, load(t, l).State(l), "the tick was about another helper.go")

	require.NoError(t, os.Mkdir(filepath.Join(folder, "inner"), 0o755))
	write(t, filepath.Join(folder, "inner", "inner.go"), "package inner\n")
	require.NoError(t, load(t, l).Checked(l, found(l, passed)))
	write(t, filepath.Join(folder, "inner", "inner.go"), "package inner // another\n")
	assert.Equal(t, learner.Begun, load(t, l).State(l))

	kept, err := learner.Reset(l)
	require.NoError(t, err)
	assert.Equal(t, "package exercise // two\n", read(t, filepath.Join(l.Root, kept, "helper.go")))
	assert.Equal(t, "package inner // another\n", read(t, filepath.Join(l.Root, kept, "inner", "inner.go")))
	assert.Equal(t, learner.NotBegun, load(t, l).State(l))
	assert.NoFileExists(t, helper)
	assert.FileExists(t, filepath.Join(folder, "exercise_test.go"))
}

func TestASaveOfAnyOfTheLearnersFilesIsSeen(t *testing.T) {
	t.Parallel()
	l := lesson(t)
	folder := filepath.Dir(l.Answer())
	saves := watch(t, l)
	write(t, filepath.Join(folder, "helper.go"), "package exercise // one\n")
	assertSaves(t, 1, saves)
	write(t, filepath.Join(folder, "helper.go"), "package exercise // two\n")
	assertSaves(t, 2, saves)
	require.NoError(t, os.Remove(filepath.Join(folder, "helper.go")))
	assertSaves(t, 3, saves)
	require.NoError(t, os.Mkdir(filepath.Join(folder, "inner"), 0o755))
	write(t, filepath.Join(folder, "inner", "inner.go"), "package inner\n")
	assertSaves(t, 4, saves)
}

// Two runners at once, as in two terminals: read-merge-write under a lock.
func TestTwoRunnersLoseNoTick(t *testing.T) {
	l := lesson(t)
	var runners sync.WaitGroup
	for n := range 8 {
		runners.Go(func() {
			other := course.Lesson{Root: l.Root, Dir: fmt.Sprintf("part9-test/%02d-x", n), Part: 9, Number: n}
			for range 10 {
				p, _ := learner.Load(l.Root) // as a program of its own does
				assert.NoError(t, p.Update(other, func(d *learner.Done) { d.Checks++ }))
			}
		})
	}
	runners.Wait()
	for n := range 8 {
		assert.Equal(t, 10, load(t, l).Of(course.Lesson{Dir: fmt.Sprintf("part9-test/%02d-x", n)}).Checks)
	}
}

func TestWhatIsNotWrittenYetIsNoFailure(t *testing.T) {
	l := lesson(t)
	write(t, l.Answer(), "package exercise\n")
	require.NoError(t, load(t, l).Checked(l, found(l, course.Result{Tests: []course.Test{
		{Name: "TestA", Message: "not written yet: Answer (exercise.go:3)"},
		{Name: "TestB", Message: "exercise_test.go:7: it leaks"},
		{Name: "TestC", NotRun: true, Message: "not run: the answer hangs"},
		{Name: "TestD", Message: "exercise_test.go:9: it is wrong\nprinted:\nnot written yet"},
	}})))
	assert.Equal(t, map[string]int{"TestB": 1, "TestD": 1}, load(t, l).Of(l).Failures)
	assert.Equal(t, []string{"TestA", "TestB", "TestD"}, load(t, l).Of(l).Failing)
}

func TestAnAnswerWithWindowsLineEndsIsNotBegun(t *testing.T) {
	l := lesson(t)
	write(t, l.Answer(), strings.ReplaceAll(stub, "\n", "\r\n"))
	assert.Equal(t, learner.NotBegun, load(t, l).State(l))
	diff, err := learner.Compare(l)
	require.NoError(t, err)
	assert.NotContains(t, diff, "\r")
}
