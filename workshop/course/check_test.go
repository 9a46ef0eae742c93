package course

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// exercise is a lesson in a workshop of its own whose tests call Answer twice.
func exercise(t *testing.T, answer string) Lesson {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "part9-test", "01-first", "exercise")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "_stub"), 0o755))
	for file, text := range map[string]string{
		"go.work":            "go 1.26.0\n\nuse ./part9-test\n",
		"part9-test/go.mod":  "module example.com/part9-test\n\ngo 1.26.0\n",
		"part9-test/main.go": "package main\n\nfunc main() {}\n",
		"part9-test/01-first/exercise/exercise_test.go": `//go:build exercise

package exercise

import "testing"

func TestAnswersOnce(t *testing.T)  { Answer() }
func TestAnswersTwice(t *testing.T) { Answer(); Answer() }
`,
		"part9-test/01-first/exercise/exercise.go": "package exercise\n\n" + answer,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o644))
	}
	l, err := Find(root, "9.1")
	require.NoError(t, err)
	return l
}

func shorten(t *testing.T, to time.Duration) {
	t.Helper()
	whole := limit
	limit = to
	t.Cleanup(func() { limit = whole })
}

func TestACheckTellsOfEachTestAsItBeginsAndEnds(t *testing.T) {
	var told []string
	r, err := exercise(t, "func Answer() {}\n").CheckExercise(t.Context(), func(t Test) { told = append(told, t.Name+" "+t.State()) })
	require.NoError(t, err)
	assert.True(t, r.Passed())
	plain := []string{"TestAnswersOnce not run", "TestAnswersOnce ok", "TestAnswersTwice not run", "TestAnswersTwice ok"}
	require.GreaterOrEqual(t, len(told), len(plain))
	assert.Equal(t, plain, told[:len(plain)])
	if r.Raced {
		assert.Equal(t, []string{"TestAnswersOnce not run", "TestAnswersTwice not run"}, told[len(plain):], "they begin again under the race detector")
	}
}

func TestAPanicInAGoroutineDoesNotKeepTheOtherTestsFromRunning(t *testing.T) {
	l := exercise(t, `import "os"

func Answer() {
	if _, err := os.Stat("once"); err == nil {
		return
	}
	os.Create("once")
	go panic("boom")
	select {}
}
`)
	r, err := l.CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, r.Broken)
	require.Len(t, r.Tests, 2)
	assert.Equal(t, "panic: boom at exercise.go:10", r.Tests[0].Message)
	assert.Contains(t, r.Tests[0].Raw, "goroutine ", "the whole report is at hand")
	assert.True(t, r.Tests[1].Passed)

	r, err = exercise(t, "func Answer() {\n\tgo panic(1)\n\tselect {}\n}\n").CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	assert.False(t, r.Passed())
	assert.Len(t, r.Tests, 2, "each ends a binary of its own")
}

func TestOutputOverAMebibyteIsCutAndSaysSo(t *testing.T) {
	r, err := exercise(t, `import ("fmt"; "strings")

func Answer() {
	for range 4096 {
		fmt.Println(strings.Repeat("x", 1023))
	}
	panic("in the end")
}
`).CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	assert.False(t, r.Passed())
	assert.Contains(t, r.Tests[0].Message, "panic: in the end")
	assert.Contains(t, r.Tests[0].Message, "exercise.go:9")

	r, err = exercise(t, `import ("os"; "strings")

func Answer() {
	for range 4096 {
		println(strings.Repeat("x", 1023))
	}
	os.Exit(3)
}
`).CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	assert.False(t, r.Passed())
	require.Len(t, r.Tests, 2)
	assert.Contains(t, r.Tests[0].Message, Cut)
	assert.Less(t, len(r.Tests[0].Message), 2*most)
}

func TestGoroutinesThatHangAreShownByPlace(t *testing.T) {
	shorten(t, time.Second)
	l := exercise(t, `func Answer() {
	c := make(chan int)
	for range 3 {
		go func() { <-c }()
	}
	select {}
}
`)
	r, err := l.CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, r.Tests, 2)
	assert.Equal(t, `hang: the tests did not come to an end within 1s:
      Answer (exercise.go:8): waits in a select without cases, which never ends
      Answer.func1 (exercise.go:6): waits to receive from a channel, 3 of them`, r.Tests[0].Message)
	assert.Equal(t, []SourceLine{{8, "select {}"}, {6, "go func() { <-c }()"}}, l.Quoted(r.Tests[0].Message))
	assert.Equal(t, Test{Name: "TestAnswersTwice", NotRun: true, Message: "not run: the answer hangs"}, r.Tests[1], "it is told once")
}

func TestAnEndlessLoopOutsideABubbleIsExplained(t *testing.T) {
	shorten(t, time.Second)
	r, err := exercise(t, "func Answer() {\n\tgo spin()\n\tselect {}\n}\n\nfunc spin() {\n\tfor {\n\t}\n}\n").CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, `hang: the tests did not come to an end within 1s:
      Answer (exercise.go:5): waits in a select without cases, which never ends
      spin (exercise.go:9): runs`, r.Tests[0].Message)
}

func TestAFatalErrorOfGoIsOneSentence(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		"import \"sync\"\n\nvar mu sync.Mutex\n\nfunc Answer() {\n\tmu.Unlock()\n}\n",
		"import \"sync\"\n\nvar mu sync.Mutex\n\nfunc init() {\n\tmu.Unlock()\n}\n\nfunc Answer() {}\n",
	} {
		r, err := exercise(t, answer).CheckExercise(t.Context(), nil)
		require.NoError(t, err)
		said := r.Broken
		if len(r.Tests) > 0 {
			said = r.Tests[0].Message
		}
		assert.Regexp(t, `^fatal error: sync: unlock of unlocked mutex at exercise\.go:\d+[^\n]*$`, said)
	}
	const overflow = "fatal error: stack overflow\n\nruntime stack:\nruntime.throw()\n\t/go/panic.go:1229 +0x48\n\n" +
		"goroutine 7 [running]:\nx.deep()\n\t/x/exercise/exercise.go:9 +0x1\nx.deep()\n\t/x/exercise/exercise.go:9 +0x1\n"
	assert.Equal(t, "fatal error: stack overflow at exercise.go:9", (&bench{}).crash(overflow))
}

// parent is an answer that starts a process of its own and never comes to an end.
func parent(t *testing.T) (l Lesson, child func() int) {
	t.Helper()
	pids := filepath.Join(t.TempDir(), "pid")
	return exercise(t, `import ("os"; "os/exec"; "strconv"; "time")

func init() {
	if os.Getenv("CHILD") != "" {
		time.Sleep(time.Hour)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "CHILD=1")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil {
		panic(err)
	}
	os.WriteFile(`+strconv.Quote(pids)+`, []byte(strconv.Itoa(child.Process.Pid)), 0o644)
	for {
	}
}

func Answer() {}
`), func() int {
			text, _ := os.ReadFile(pids)
			pid, _ := strconv.Atoi(string(text))
			return pid
		}
}

// assertGone waits until a process is no more; a zombie that its parent has not waited for yet counts as gone.
func assertGone(t *testing.T, pid int) {
	t.Helper()
	assert.Eventually(t, func() bool {
		if state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil {
			return strings.Contains(string(state), ") Z ")
		}
		p, err := os.FindProcess(pid)
		return err != nil || p.Signal(syscall.Signal(0)) != nil
	}, 5*time.Second, 10*time.Millisecond, "process %d is still there", pid)
}

func TestWhatHangsIsEndedWithItsChildren(t *testing.T) {
	shorten(t, time.Second)
	l, child := parent(t)
	r, err := l.CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "hang: the tests did not come to an end within 1s:\n      init.0 (exercise.go:16): runs", r.Broken)
	require.NotZero(t, child())
	assertGone(t, child())
}

var errEnough = errors.New("enough")

func TestACheckEndsWithItsContextAndSoDoAllItsChildren(t *testing.T) {
	l, child := parent(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		for child() == 0 && t.Context().Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel(errEnough)
	}()
	_, err := l.CheckExercise(ctx, nil)
	require.ErrorIs(t, err, errEnough)
	assertGone(t, child())
}

func TestAGivenFileIsPartOfTheExerciseAndNotOfTheAnswer(t *testing.T) {
	l := exercise(t, "func Answer() { given() }\n")
	require.NoError(t, os.WriteFile(l.path("exercise", "given.go"), []byte("package exercise\n\n// This file is given: leave it as it is.\n\nfunc given() {}\n"), 0o644))
	assert.Equal(t, []string{"exercise.go"}, l.Files())
	r, err := l.CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	assert.True(t, r.Passed(), r.Broken)
}
