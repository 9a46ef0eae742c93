package course

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ones is a lesson whose tests call Answer, which must return 1.
func ones(t *testing.T, answer string) Lesson {
	t.Helper()
	l := exercise(t, answer)
	add(t, l, "exercise_test.go", `//go:build exercise

package exercise

import "testing"

func TestIsOne(t *testing.T) {
	if got := Answer(); got != 1 {
		t.Errorf("Answer is %d, not 1", got)
	}
}

func TestIsOneAgain(t *testing.T) {
	if got := Answer(); got != 1 {
		t.Errorf("the second time Answer is %d, not 1", got)
	}
}
`)
	return l
}

// add adds a file to the exercise's folder.
func add(t *testing.T, l Lesson, name, text string) {
	t.Helper()
	file := l.path("exercise", filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

func check(t *testing.T, l Lesson) Result {
	t.Helper()
	r, err := l.CheckExercise(t.Context(), nil)
	require.NoError(t, err)
	return r
}

// able skips a test where the race detector does not work.
func able(t *testing.T) {
	t.Helper()
	if err := CanRace(t.Context()); err != nil {
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skipf("race detector: %v", err)
	}
}

// What an answer prints that looks like a test's end, or like a crash.
var imitations = []string{
	"loaded",
	"panic: recovered\n\ngoroutine 1 [running]:\nmain.main()\n\t/exercise/exercise.go:1 +0x1\n",
	"--- FAIL: TestIsOne (0.00s)\n",
	"\n\x16--- FAIL: TestIsOne (0.00s)\n",
	"=== RUN   TestIsOne\n--- FAIL: TestIsOne (0.00s)\nFAIL\n",
	`{"Action":"fail","Test":"TestIsOne"}` + "\n",
	"FAIL\nexit status 1\n",
	"fatal error: all goroutines are asleep\n",
	"WARNING: DATA RACE\n",
}

func TestWhatARightAnswerPrintsIsNotTheVerdict(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, text := range imitations {
		fmt.Fprintf(&all, "\tprint(%q)\n\tos.Stdout.WriteString(%[1]q)\n", text)
	}
	for where, answer := range map[string]string{
		"in the test": "func Answer() int {\n" + all.String() + "\treturn 1\n}\n",
		"in init":     "func init() {\n" + all.String() + "}\n\nfunc Answer() int { return 1 }\n",
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			r := check(t, ones(t, "import \"os\"\n\n"+answer))
			assert.True(t, r.Passed(), "%+v", r)
		})
	}
}

func TestNothingThatAWrongAnswerDoesMakesItRight(t *testing.T) {
	t.Parallel()
	for does, answer := range map[string]string{
		"prints that it passed": `func Answer() int {
	print("--- PASS: TestIsOne (0.00s)\n\x16--- PASS: TestIsOne (0.00s)\n\x16--- PASS: TestIsOneAgain (0.00s)\nPASS\nok\n")
	return 2
}`,
		"exits with 0":                "func Answer() int { os.Exit(0); return 2 }",
		"exits with 0, at last":       "var n int\n\nfunc Answer() int {\n\tif n++; n == 2 {\n\t\tsyscall.Exit(0)\n\t}\n\treturn 1\n}",
		"exits with 0 in init":        "func init() { os.Exit(0) }\n\nfunc Answer() int { return 2 }",
		"leaves the test":             "func Answer() int { runtime.Goexit(); return 2 }",
		"chooses the tests":           "func init() { os.Args = append(os.Args, \"-test.run=Again\") }\n\nvar n = 2\n\nfunc Answer() int { n--; return n }",
		"skips tests":                 "func init() { os.Args = append(os.Args, \"-test.skip=Again\") }\n\nvar n = 0\n\nfunc Answer() int { n++; return n }",
		"lists the tests":             "func init() { os.Args = append(os.Args, \"-test.list=.\") }\n\nfunc Answer() int { return 2 }",
		"has a test main":             "func TestMain(m *testing.M) { os.Exit(0) }\n\nfunc Answer() int { return 2 }",
		"is right only without -race": "var n int\n\nfunc Answer() int {\n\tdone := make(chan bool)\n\tgo func() { n++; done <- true }()\n\tn++\n\t<-done\n\treturn 1\n}",
	} {
		t.Run(does, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(does, "-race") {
				able(t)
			}
			imports := "import (\"os\"; \"runtime\"; \"syscall\"; \"testing\")\n\nvar _, _, _, _ = os.Exit, runtime.GC, syscall.Exit, testing.Short\n\n"
			r := check(t, ones(t, imports+answer+"\n"))
			assert.False(t, r.Passed(), "%+v", r)
			for _, test := range r.Tests {
				assert.True(t, test.Passed || test.Message != "", "%s says nothing", test.Name)
			}
		})
	}
}

func TestATestThatSkipsItselfHasNotPassed(t *testing.T) {
	t.Parallel()
	l := ones(t, "func Answer() int { return 1 }\n")
	add(t, l, "exercise_test.go", "//go:build exercise\n\npackage exercise\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tif Answer() == 1 {\n\t\tt.Skip(\"no time\")\n\t}\n}\n")
	r := check(t, l)
	assert.False(t, r.Passed())
	require.Len(t, r.Tests, 1)
	assert.Equal(t, "it was skipped: exercise_test.go:9: no time", r.Tests[0].Message)
}

func TestTheLearnersOwnTestsDoNotChangeTheVerdict(t *testing.T) {
	t.Parallel()
	for is, extra := range map[string]string{
		"a TestMain":       "package exercise\n\nimport (\"os\"; \"testing\")\n\nfunc TestMain(*testing.M) { os.Exit(0) }\n",
		"a failure":        "package exercise\n\nimport \"testing\"\n\nfunc TestMine(t *testing.T) { t.Fatal(\"mine\") }\n",
		"not Go":           "pack age\n",
		"for the exercise": "//go:build exercise\n\npackage exercise_test\n\nimport (\"os\"; \"testing\")\n\nfunc TestMain(*testing.M) { os.Exit(0) }\n",
	} {
		t.Run(is, func(t *testing.T) {
			t.Parallel()
			right, wrong := ones(t, "func Answer() int { return 1 }\n"), ones(t, "func Answer() int { return 2 }\n")
			add(t, right, "mine_test.go", extra)
			add(t, wrong, "mine_test.go", extra)
			assert.True(t, check(t, right).Passed())
			r := check(t, wrong)
			assert.False(t, r.Passed())
			assert.True(t, r.Says("Answer is 2, not 1"))
		})
	}
}

func TestAllFilesOfTheFolderAreTheAnswer(t *testing.T) {
	t.Parallel()
	l := ones(t, "import \"example.com/part9-test/01-first/exercise/inner\"\n\nfunc Answer() int { return one() * inner.One() }\n")
	add(t, l, "helper.go", "package exercise\n\nfunc one() int { return 1 }\n")
	add(t, l, "inner/inner.go", "package inner\n\nfunc One() int { return 1 }\n")
	add(t, l, "_wrong/b.go", "package exercise\n\nfunc Answer() int { return 2 }\n")
	assert.Equal(t, []string{"exercise.go", "helper.go", "inner/inner.go"}, l.Files())
	r := check(t, l)
	assert.True(t, r.Passed(), "%+v", r)
	before := l.Fingerprint()
	r, err := l.Judge(t.Context(), map[string]string{"exercise.go": l.path("exercise", "_wrong", "b.go")}, nil)
	require.NoError(t, err)
	assert.False(t, r.Passed())
	assert.True(t, r.Says("Answer is 2"), "the learner's files are no part of another answer: %+v", r)
	add(t, l, "inner/inner.go", "package inner\n\nfunc One() int { return 3 }\n")
	assert.NotEqual(t, before, l.Fingerprint())
	assert.True(t, check(t, l).Says("Answer is 3"))
}

// go test keeps results, and does not see what an answer reads by itself.
func TestEachCheckRunsTheTests(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "number")
	l := ones(t, `import "syscall"

func Answer() int {
	fd, err := syscall.Open(`+strconv.Quote(file)+`, syscall.O_RDONLY, 0)
	if err == nil {
		syscall.Close(fd)
		return 2
	}
	return 1
}
`)
	assert.True(t, check(t, l).Passed())
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	assert.False(t, check(t, l).Passed())
}

// What a person may have set, and would change which tests run, or how.
func settings() map[string]string {
	return map[string]string{
		"GOFLAGS": "-run=Again -race=false", "GODEBUG": "asynctimerchan=1", "GOEXPERIMENT": "nosuchthing", "GOOS": "plan9", "GOARCH": "mips",
		"GOWORK": "off", "CGO_ENABLED": "0", "GO111MODULE": "off", "GOMAXPROCS": "nonsense", "GORACE": "exitcode=0",
	}
}

func assertVerdicts(t *testing.T) {
	t.Helper()
	assert.False(t, check(t, ones(t, "var n = 2\n\nfunc Answer() int { n--; return n }\n")).Passed())
	r := check(t, ones(t, "func Answer() int { return 1 }\n"))
	assert.True(t, r.Passed(), "%+v", r)
}

func TestTheEnvironmentDoesNotChangeTheVerdict(t *testing.T) {
	var want []string
	for _, name := range overridden {
		if value := settings()[name]; value != "" {
			t.Setenv(name, value)
			want = append(want, name+"="+value)
		} else {
			t.Setenv(name, "")
		}
	}
	assertVerdicts(t)
	assert.Subset(t, Overridden(), want)
}

func TestGoEnvDoesNotChangeTheVerdict(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env")
	var text strings.Builder
	for name, value := range settings() {
		fmt.Fprintf(&text, "%s=%s\n", name, value)
		t.Setenv(name, "")
	}
	text.WriteString("GOPRIVATE=example.org\n")
	require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
	t.Setenv("GOENV", file)
	assertVerdicts(t)
	assert.Contains(t, Overridden(), "GOFLAGS=-run=Again -race=false (go env -w)")
	assert.Contains(t, Lesson{}.environment(), "GOPRIVATE=example.org", "what concerns downloads stays")
}

func TestAPrintedPanicDoesNotHideTheRealOne(t *testing.T) {
	t.Parallel()
	r := check(t, ones(t, `func Answer() int {
	println("panic: I only print this\n\ngoroutine 7 [running]:\n")
	var p *int
	return *p
}
`))
	require.Len(t, r.Tests, 2)
	assert.Regexp(t, `\Apanic: runtime error: invalid memory address or nil pointer dereference(?: \[recovered.*\])? at exercise\.go:6`, r.Tests[0].Message)
	assert.Contains(t, r.Tests[0].Message, "printed:\npanic: I only print this")
}

func TestABuildThatWarnsAndSucceedsHasSucceeded(t *testing.T) {
	t.Parallel()
	r := reader{bench: &bench{dir: t.TempDir()}, said: make(map[string]*text), started: func() {}}
	for _, line := range []string{
		`{"ImportPath":"x","Action":"build-output","Output":"# x\nld: warning: something\nFAIL\n"}`,
		`{"Action":"start"}`,
		`{"Action":"run","Test":"TestA"}`,
		`{"Action":"pass","Test":"TestA"}`,
		`{"Action":"pass"}`,
	} {
		_, err := r.Write([]byte(line + "\n"))
		require.NoError(t, err)
	}
	assert.True(t, r.result(nil).Passed())
}

func TestWhatDoesNotCompileSaysSo(t *testing.T) {
	t.Parallel()
	r := check(t, ones(t, "func Answer() int { return y }\n"))
	assert.True(t, r.NotCompiled)
	assert.Equal(t, "exercise/exercise.go:3:28: undefined: y", r.Broken)

	l := ones(t, "func Answer() int { return 1 }\n")
	add(t, l, "exercise.go", "\npackage main\n\nfunc Answer() int { return 1 }\n")
	r = check(t, l)
	assert.True(t, r.NotCompiled)
	assert.Equal(t, "exercise/exercise.go:2: package main: it has to be package exercise", r.Broken)

	r = check(t, ones(t, "import \"fmt\"\n\nfunc Answer() int {\n\tfmt.Printf(\"%d\", \"x\")\n\treturn 1\n}\n"))
	assert.False(t, r.NotCompiled)
	assert.True(t, r.Vetted, "%+v", r)
	assert.Contains(t, r.Broken, "exercise.go:6:")
}

func TestARaceIsASentence(t *testing.T) {
	t.Parallel()
	able(t)
	for name, c := range map[string]struct{ declared, one, two, want string }{
		"a variable":   {"var total int", "total++", "total = 2", `total while exercise\.go:\d+ (?:reads|writes) it`},
		"a read":       {"var total int", "total++", "_ = total + 1", `total while exercise\.go:\d+ reads it`},
		"a map":        {"var seen = map[string]bool{}", `seen["a"] = true`, `_ = seen["b"]`, `seen while exercise\.go:\d+ reads it`},
		"a field":      {"type counter struct{ n int }\n\nvar c counter", "c.n++", "c.n--", `c\.n while exercise\.go:\d+ (?:reads|writes) it`},
		"an element":   {"var all = make([]int, 2)", "all[1]++", "all[1] = 3", `all while exercise\.go:\d+ (?:reads|writes) it`},
		"what grows":   {"var all []int", "all = append(all, 1)", "all = append(all, 2)", `all while exercise\.go:\d+ (?:reads|writes) it`},
		"what shrinks": {"var m = map[int]int{1: 1}", "delete(m, 1)", "_ = len(m)", `m while exercise\.go:\d+ reads it`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := ones(t, c.declared+"\n\nfunc Answer() int {\n\tdone := make(chan bool)\n\tgo func() {\n\t\t"+c.one+"\n\t\tdone <- true\n\t}()\n\t"+c.two+"\n\t<-done\n\treturn 1\n}\n")
			r := check(t, l)
			assert.False(t, r.Passed())
			assert.True(t, r.Raced)
			require.NotEmpty(t, r.Tests)
			assert.Regexp(t, `\Adata race: exercise\.go:\d+ writes `+c.want+`; no lock or channel orders the two\z`, r.Tests[0].Message)
			assert.Contains(t, r.Tests[0].Raw, "WARNING: DATA RACE", "the whole report is at hand")
		})
	}
}

func TestATestBinaryThatStopsItselfIsKilledOnce(t *testing.T) {
	t.Parallel()
	began := time.Now()
	r := check(t, ones(t, "import (\"os\"; \"syscall\")\n\nfunc Answer() int { syscall.Kill(os.Getpid(), syscall.SIGSTOP); return 1 }\n"))
	require.Len(t, r.Tests, 2)
	assert.Equal(t, "hang: the answer has stopped the test binary, as SIGSTOP does; it was killed", r.Tests[0].Message)
	assert.True(t, r.Tests[1].NotRun)
	assert.Less(t, time.Since(began), limit)
}

func TestACrashOfGoItselfIsNotTheAnswers(t *testing.T) {
	t.Parallel()
	const answer = `import ("os"; "syscall")

func Answer() int {
	if _, err := os.Stat(%q); err != nil {
		_ = os.WriteFile(%[1]q, nil, 0o600)
		syscall.Kill(os.Getpid(), syscall.SIGSEGV) // Go reports it as a signal in its own code
		select {}
	}
	return 1
}
`
	r := check(t, ones(t, fmt.Sprintf(answer, filepath.Join(t.TempDir(), "crashed"))))
	assert.True(t, r.Passed(), "it crashes once: %+v", r)
	r = check(t, ones(t, fmt.Sprintf(answer, filepath.Join(t.TempDir(), "no", "such", "folder"))))
	require.NotEmpty(t, r.Tests)
	assert.Equal(t, "Go's own code crashed here, 3 times, which is seldom the answer's fault: SIGSEGV: segmentation violation", r.Tests[0].Message)
}

func TestAnAnswerThatTakesTooMuchMemoryIsEnded(t *testing.T) {
	t.Setenv("WORKSHOP_MEMORY", "200MiB")
	r := check(t, ones(t, `var keep [][]byte

func Answer() int {
	for len(keep) < 4096 {
		b := make([]byte, 1<<20)
		for i := range b {
			b[i] = 1
		}
		keep = append(keep, b)
	}
	return 1
}
`))
	require.Len(t, r.Tests, 2)
	assert.Regexp(t, `\Amemory: the answer takes more than 200 MiB, and was ended:\n +Answer \(exercise\.go:\d+\): runs\z`, r.Tests[0].Message)
	assert.True(t, r.Tests[1].NotRun)

	r = check(t, ones(t, "func Answer() int {\n\tfor range 3_000_000 {\n\t\tgo func() { select {} }()\n\t}\n\treturn 1\n}\n"))
	assert.Regexp(t, `\Amemory: the answer takes more than 200 MiB, and was ended`, r.Tests[0].Message)

	r = check(t, ones(t, `import ("os"; "os/exec")

func init() {
	if os.Getenv("CHILD") == "" {
		return
	}
	taken = make([]byte, 1<<30)
	for {
		for i := 0; i < len(taken); i += 1024 {
			taken[i]++
		}
	}
}

var taken []byte

func Answer() int {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "CHILD=1")
	child.Run()
	return 1
}
`))
	assert.Equal(t, "memory: the answer takes more than 200 MiB, and was ended", r.Tests[0].Message, "its children count")
}

// A process that has left the group is found all the same, and no file is left.
func TestNothingOutlivesACheck(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	pids := filepath.Join(t.TempDir(), "pid")
	answer := `import ("os"; "os/exec"; "strconv"; "syscall"; "time")

func init() {
	if os.Getenv("CHILD") != "" {
		time.Sleep(time.Hour)
	}
}

func Answer() int {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "CHILD=1")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		panic(err)
	}
	os.WriteFile(` + strconv.Quote(pids) + `, []byte(strconv.Itoa(child.Process.Pid)), 0o644)
	END
	return 1
}
`
	pid := func() int {
		text, _ := os.ReadFile(pids)
		n, _ := strconv.Atoi(string(text))
		return n
	}
	r := check(t, ones(t, strings.Replace(answer, "END", "", 1)))
	assert.True(t, r.Passed(), "%+v", r)
	require.NotZero(t, pid())
	assertGone(t, pid())

	require.NoError(t, os.Remove(pids))
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		for pid() == 0 && t.Context().Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel(errEnough)
	}()
	_, err := ones(t, strings.Replace(answer, "END", "select {}", 1)).CheckExercise(ctx, nil)
	require.ErrorIs(t, err, errEnough)
	assertGone(t, pid())

	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	for _, e := range left {
		assert.True(t, strings.HasPrefix(e.Name(), "Test"), "%s is left", e.Name())
	}
}

func TestAFileSavedWhileItsCheckRanGetsNoTick(t *testing.T) {
	t.Parallel()
	l := ones(t, "func Answer() int { return 1 }\n")
	assert.NotEmpty(t, check(t, l).SHA256)
	r, err := l.CheckExercise(t.Context(), func(Test) { add(t, l, "helper.go", "package exercise\n") })
	require.NoError(t, err)
	assert.True(t, r.Passed())
	assert.Empty(t, r.SHA256)
}

func TestWithoutTestsThereIsNoVerdict(t *testing.T) {
	t.Parallel()
	l := ones(t, "func Answer() int { return 1 }\n")
	add(t, l, "exercise_test.go", "//go:build exercise\n\npackage exercise\n")
	_, err := l.CheckExercise(t.Context(), nil)
	require.EqualError(t, err, "part9-test/01-first/exercise/exercise_test.go has no tests; git checkout part9-test/01-first/exercise/exercise_test.go brings them back")
	assert.False(t, Result{}.Passed())
}
