package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/course"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// workshop runs the command in a folder.
func workshop(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	t.Chdir(dir)
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), withoutWaits(errs.String())
}

// withoutWaits takes out what a command says on a busy machine: that it compiles.
func withoutWaits(stderr string) string {
	return regexp.MustCompile(`(?m)^workshop: compiling.*\n`).ReplaceAllString(stderr, "")
}

// newWorkshop is a workshop with one lesson that has all its pieces, made as
// docs/design.md says.
func newWorkshop(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	lesson, err := filepath.Abs("lesson")
	require.NoError(t, err)
	part := filepath.Join(root, "part9-test")
	require.NoError(t, os.Mkdir(part, 0o755))
	sums, err := os.ReadFile("go.sum")
	require.NoError(t, err)
	write(t, filepath.Join(root, "go.work"), "go 1.26.0\n\nuse ./part9-test\n")
	write(t, filepath.Join(part, "go.mod"), `module example.com/asyncio-to-go/part9-test

go 1.26.0

require (
	example.com/asyncio-to-go/workshop/lesson v0.0.0
	github.com/stretchr/testify v1.12.1
	go.uber.org/goleak v1.3.0
)

replace example.com/asyncio-to-go/workshop/lesson => `+lesson+"\n")
	write(t, filepath.Join(part, "go.sum"), string(sums))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "workshop", "lesson"), 0o755))
	write(t, filepath.Join(root, "workshop", "lesson", "story.py"), read(t, "lesson/story.py"))

	status, stdout, stderr := workshop(t, root, "new", "part9-test/01-first")
	require.Equal(t, 0, status, stderr)
	require.Contains(t, stdout, "part9-test/01-first")

	fill(t, root)
	update := exec.CommandContext(t.Context(), "go", "test", "./part9-test/01-first", "-update")
	update.Dir = root
	out, err := update.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return root
}

// fill puts an author's words in the place of the skeleton's.
func fill(t *testing.T, root string) {
	t.Helper()
	const path = "part9-test/01-first"
	edit := func(file string, oldnew ...string) {
		t.Helper()
		text := read(t, filepath.Join(root, path, file))
		for i := 0; i < len(oldnew); i += 2 {
			require.Contains(t, text, oldnew[i])
			text = strings.Replace(text, oldnew[i], oldnew[i+1], 1)
		}
		write(t, filepath.Join(root, path, file), text)
	}
	hint := "<details><summary>1. A nudge</summary>\n\nThink.\n\n</details>\n\n"
	words := "\n\nA worker takes a second.\n\n"
	edit("README.md", `"TODO: the text that it follows"`, "Dive", `"TODO: the place in it"`, "Tasks", "TODO: its topic", "Its topic",
		"TODO: the question, in two sentences.", "The question: who waits?",
		"## In asyncio\n", "## In asyncio"+words, "## In Go\n", "## In Go"+words, "|---|---|---|\n", "|---|---|---|\n| a task | a handle | none |\n",
		"## Run it\n", "## Run it"+words, "## Your turn\n", "## Your turn"+words, "## Hints\n", "## Hints\n\n"+hint+hint+hint,
		"![]", "![Main starts a worker and waits for it for a second.]", "## Go further\n", "## Go further"+words)
	edit("main.go", "TODO: what", "What")
	edit("lesson.py", "TODO: what", "What")
	for _, stub := range []string{"exercise/exercise.go", "exercise/_stub/exercise.go"} {
		edit(stub, " TODO: the contract, all that\n// the tests assert.", "")
	}
	var mistakes strings.Builder
	mistakes.WriteString("**Likely mistakes.** There are four:")
	wrong := read(t, filepath.Join(root, path, "exercise/_wrong/loses-the-cause.go"))
	for _, name := range []string{"loses-the-cause", "b", "c", "d"} {
		write(t, filepath.Join(root, path, "exercise/_wrong", name+".go"), wrong)
		mistakes.WriteString(" [it](exercise/_wrong/" + name + ".go)")
	}
	require.NoError(t, os.Mkdir(filepath.Join(root, path, "exercise/_right"), 0o755))
	write(t, filepath.Join(root, path, "exercise/_right/selects.go"), "//right: selects\n\n"+
		strings.Replace(read(t, filepath.Join(root, path, "exercise/_solution/exercise.go")), "<-ctx.Done()\n", "select {\n\tcase <-ctx.Done():\n\t}\n", 1))
	edit("notes.md", "**Goal.**", "**Goal.** Everyone can say it.", "**Likely mistakes.**", mistakes.String(), "**Ask.**", "**Ask.** *What is it?* It is it.")
	write(t, filepath.Join(root, "README.md"), "# The workshop\n\n[first]("+path+")\n")
	write(t, filepath.Join(root, "part9-test/README.md"), "# The part\n\n[first](01-first)\n")
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

func TestVerifyProvesANewLessonAndNamesWhatIsBroken(t *testing.T) {
	root := newWorkshop(t)
	status, stdout, stderr := workshop(t, root, "verify", "first")
	assert.Equal(t, 0, status, stdout+stderr)
	assert.Regexp(t, `^(solutions ran without -race: .*\n)?(lesson.py ran on Python 3.*\n)?(skipped: .*\n)?1 lesson in .*: .*1 test file, 4 wrong answers; 1[01] proved, [01] skipped, 0 failed\n$`, stdout)

	file := filepath.Join(root, "part9-test/01-first/exercise/_wrong/b.go")
	write(t, file, strings.Replace(read(t, file), "return ctx.Err()", "return context.Cause(ctx)", 1))
	status, stdout, stderr = workshop(t, root, "verify", "9.1", "--json")
	assert.Equal(t, 1, status, stderr)
	var proofs []proof
	require.NoError(t, json.Unmarshal([]byte(stdout), &proofs))
	assert.Contains(t, proofs, proof{
		File: "part9-test/01-first/exercise/_wrong/b.go", Kind: course.Wrong, State: "failed", Error: "it passes all tests",
	})
	assert.Len(t, proofs, 11)
}

func TestVerifyRefusesAnUntouchedSkeletonWithAllThatIsMissing(t *testing.T) {
	root := newWorkshop(t)
	status, _, stderr := workshop(t, root, "new", "part9-test/02-second")
	require.Equal(t, 0, status, stderr)
	l, err := course.Find(root, "9.2")
	require.NoError(t, err)
	err = l.Cases(false)[0].Run(t.Context())
	require.Error(t, err)
	for _, want := range []string{
		"transcript.txt is missing", "In asyncio is empty", "In Go is empty", "What differs is empty", "Run it is empty", "Your turn is empty", "Hints is empty", "Go further is empty",
		"it has 0 hints in <details>, not three", "_wrong holds 1 of the 4 wrong answers", "it does not show timeline.svg",
		`README.md still has a placeholder: "TODO: the text that it follows`, `main.go still has a placeholder`, `lesson.py still has a placeholder`,
		"exercise/_stub/exercise.go still has a placeholder", "notes.md has nothing under Goal", "notes.md has nothing under Ask", "notes.md has nothing under Likely mistakes",
		"notes.md does not tell the instructor of exercise/_wrong/loses-the-cause.go", "part9-test/README.md does not name it", "\n  README.md does not name it",
	} {
		assert.Contains(t, err.Error(), want)
	}
}

func TestVerifyNamesTestsThatNoWrongAnswerFails(t *testing.T) {
	root := newWorkshop(t)
	file := filepath.Join(root, "part9-test/01-first/exercise/exercise_test.go")
	write(t, file, read(t, file)+"\nfunc TestProvesNothing(t *testing.T) { _ = exercise.Answer }\n")
	l, err := course.Find(root, "9.1")
	require.NoError(t, err)
	for _, c := range l.Cases(true) {
		if c.Kind == course.Guard {
			require.EqualError(t, c.Run(t.Context()), "TestProvesNothing is failed by none of the wrong answers")
			return
		}
	}
	require.Fail(t, "no such case")
}

func TestVerifyRefusesOldFashionedWords(t *testing.T) {
	root := newWorkshop(t)
	page := filepath.Join(root, "part9-test/01-first/README.md")
	write(t, page, strings.Replace(read(t, page), "A worker takes", "No"+"body takes", 1))
	status, stdout, _ := workshop(t, root, "verify", "9.1")
	assert.Equal(t, 1, status)
	assert.Regexp(t, `FAIL part9-test/01-first/README\.md: part9-test/01-first/README\.md: line \d+ says "No`+`body"; write: `, stdout)
	assert.Contains(t, stdout, ", 1 failed\n")
}

// prove runs one case of the lesson 9.1.
func prove(t *testing.T, root, name string) error {
	t.Helper()
	l, err := course.Find(root, "9.1")
	require.NoError(t, err)
	for _, c := range l.Cases(false) {
		if c.Name == name {
			return c.Run(t.Context())
		}
	}
	require.Fail(t, "no such case", name)
	return nil
}

func TestWhatIsBrokenIsNamed(t *testing.T) {
	root := newWorkshop(t)
	dir := filepath.Join(root, "part9-test", "01-first")
	for _, b := range []struct {
		name, file, old, broken string
		proof                   string // the case that finds it, where that is not the file's own
		want                    string
	}{
		{
			"a solution that leaks", "exercise/_solution/exercise.go", "<-ctx.Done()", "go func() { select {} }()\n\t<-ctx.Done()",
			"", "TestReturnsTheCauseAsSoonAsCtxEnds: exercise_test.go:20: leak: the test is over, but what it started still waits:\n          Answer.func1 (exercise.go:8): ",
		},
		{
			"a wrong answer that passes", "exercise/_wrong/b.go", "return ctx.Err()", "return context.Cause(ctx)",
			"", "it passes all tests",
		},
		{
			"a wrong answer that is rejected with other words", "exercise/_wrong/b.go", "the cause was lost", "it leaks",
			"", `the tests do not say "it leaks" but: TestReturnsTheCauseAsSoonAsCtxEnds: exercise_test.go:25: the cause was lost: `,
		},
		{
			"a wrong answer that does not say what is wrong", "exercise/_wrong/b.go", "//wrong: ", "// ",
			"", "its first line does not say what is wrong: //wrong: …",
		},
		{
			"a wrong answer that does not say what is wanted", "exercise/_wrong/b.go", "//want: ", "// ",
			"", "its second line does not say what the test must say: //want:  …",
		},
		{
			"a stub that passes", "exercise/_stub/exercise.go", `panic("not written yet")`, "<-ctx.Done(); return context.Cause(ctx) // not written yet",
			"", "it passes although nothing has been done",
		},
		{
			"a stub that fails with other words", "exercise/_stub/exercise.go", `panic("not written yet")`, "return nil // not written yet",
			"", "TestReturnsTheCauseAsSoonAsCtxEnds does not say \"not written yet\" but: ",
		},
		{
			"a stub that does not compile", "exercise/_stub/exercise.go", "error {", "eror {",
			"", "the tests cannot run on it: exercise/_stub/exercise.go:7:34: undefined: eror",
		},
		{
			"a stale transcript", "transcript.txt", "is done", "was done",
			"main_test.go", "transcript.txt is stale: `go test ./part9-test/01-first -update` writes it anew\n    line 3:    1.0s  worker      was done\n       now:    1.0s  worker      is done",
		},
		{
			"a missing transcript", "transcript.txt", "", "",
			"main_test.go", "transcript.txt is missing: `go test ./part9-test/01-first -update` writes it",
		},
		{
			"a stale picture", "timeline.svg", "goes home", "stays",
			"main_test.go", "timeline.svg is stale: `go test ./part9-test/01-first -update` writes it anew",
		},
		{
			"a page with another transcript", "README.md", "is done", "was done",
			"main_test.go", "README.md is stale: `go test ./part9-test/01-first -update` writes it anew",
		},
		{
			"a right answer that does not say how it is built", "exercise/_right/selects.go", "//right: ", "// ",
			"", "its first line does not say how it is built: //right: …",
		},
		{
			"a right answer that is rejected", "exercise/_right/selects.go", "return context.Cause(ctx)", "return ctx.Err()",
			"", "the cause was lost",
		},
		{
			"a missing picture", "timeline.svg", "", "",
			"README.md", "part9-test/01-first/timeline.svg is missing",
		},
		{
			"a story without its main", "main.go", "", "",
			"README.md", "part9-test/01-first/main.go is missing",
		},
		{
			"a missing hint", "README.md", "<details><summary>1. A nudge</summary>", "",
			"", "it has 2 hints in <details>, not three",
		},
		{
			"a missing section", "README.md", "## Go further", "",
			"", "its sections are [",
		},
		{
			"an empty section", "README.md", "## In Go\n\nA worker takes a second.\n", "## In Go\n\n```go\nf()\n```\n",
			"", "its section In Go is empty",
		},
		{
			"a table with its head only", "README.md", "| a task | a handle | none |\n", "",
			"", "its section What differs is empty",
		},
		{
			"a placeholder", "README.md", "# Its topic", "# TODO: its topic",
			"", `README.md still has a placeholder: "TODO: its topic"`,
		},
		{
			"a placeholder in the contract", "exercise/_stub/exercise.go", "// Answer waits", "// TODO: Answer waits",
			"README.md", "exercise/_stub/exercise.go still has a placeholder: ",
		},
		{
			"notes without a goal", "notes.md", "**Goal.** Everyone can say it.", "**Goal.**",
			"README.md", "notes.md has nothing under Goal",
		},
		{
			"a wrong answer that the instructor does not know", "notes.md", "[it](exercise/_wrong/b.go)", "it",
			"README.md", "notes.md does not tell the instructor of exercise/_wrong/b.go",
		},
		{
			"a part's page that does not name the lesson", "../README.md", "(01-first)", "(#)",
			"README.md", "part9-test/README.md does not name it: no link leads to 01-first",
		},
		{
			"a front page that does not name the lesson", "../../README.md", "(part9-test/01-first)", "(#)",
			"README.md", "README.md does not name it: no link leads to part9-test/01-first",
		},
		{
			"a picture without words", "README.md", "![Main starts a worker and waits for it for a second.]", "![]",
			"", "it does not show timeline.svg with a text that tells the story to readers who cannot see it",
		},
		{
			"a link to nothing", "README.md", "The question", "[The question](gone.md)",
			"", "it links to gone.md, which is not there",
		},
		{
			"too few wrong answers", "exercise/_wrong/d.go", "", "",
			"README.md", "_wrong holds 3 of the 4 wrong answers that an exercise needs",
		},
	} {
		t.Run(b.name, func(t *testing.T) {
			file := filepath.Join(dir, b.file)
			whole := read(t, file)
			t.Cleanup(func() { write(t, file, whole) })
			if b.old == "" {
				require.NoError(t, os.Remove(file))
			} else {
				require.Contains(t, whole, b.old)
				write(t, file, strings.Replace(whole, b.old, b.broken, 1))
			}
			err := prove(t, root, cmp.Or(b.proof, b.file))
			require.Error(t, err)
			assert.Contains(t, err.Error(), b.want)
		})
	}
	t.Run("a lesson.py that tells another story", func(t *testing.T) {
		if _, err := exec.LookPath("python3"); err != nil && os.Getenv("REQUIRE_ALL") != "1" {
			t.Skip("python3 is not installed")
		}
		file := filepath.Join(dir, "lesson.py")
		whole := read(t, file)
		t.Cleanup(func() { write(t, file, whole) })
		write(t, file, strings.Replace(whole, "is done", "is ready", 1))
		require.ErrorContains(t, prove(t, root, "lesson.py"), "it tells another story, and README.md does not say so:\n"+
			"asyncio:    1.0s  worker      is ready\n     Go:    1.0s  worker      is done")

		page := filepath.Join(dir, "README.md")
		words := read(t, page)
		t.Cleanup(func() { write(t, page, words) })
		write(t, page, strings.Replace(words, "## Run it", "```diff\n-   1.0s  worker      is ready\n+   1.0s  worker      is done\n```\n\n## Run it", 1))
		require.ErrorContains(t, prove(t, root, "lesson.py"), "trace.json is stale", "the page says so now; the trace does not yet")
	})
}

func TestCheckSaysWhatPassesWhatIsMissingAndWhatIsWrong(t *testing.T) {
	root := newWorkshop(t)
	file := filepath.Join(root, "part9-test/01-first/exercise/exercise.go")
	stub := read(t, file)
	for _, c := range []struct {
		name, answer string
		want         string
		state        string
	}{
		{"untouched", stub, "  to do  returns the cause as soon as ctx ends\n\nNothing is written yet.", "not begun"},
		{
			"wrong", read(t, filepath.Join(root, "part9-test/01-first/exercise/_wrong/b.go")),
			"  WRONG  returns the cause as soon as ctx ends\n         exercise_test.go:25: the cause was lost:", "not right yet",
		},
		{
			"right", read(t, filepath.Join(root, "part9-test/01-first/exercise/_solution/exercise.go")),
			"  ok     returns the cause as soon as ctx ends\n\nRight: all 1 tests pass.", "right",
		},
		{
			"a syntax error", stub + "}", "It does not compile:\n" +
				"         exercise/exercise.go:10:1: syntax error: non-declaration statement outside function body\n", "not right yet",
		},
		{
			"a panic in a goroutine", strings.Replace(stub, "panic", "go panic(1)\n\tselect {}\n\tpanic", 1),
			"  WRONG  returns the cause as soon as ctx ends\n         panic: 1 at exercise.go:8", "not right yet",
		},
		{
			"an endless loop", strings.Replace(stub, `panic("not written yet")`, "for ctx != nil {\n\t}\n\treturn nil", 1),
			"hang: the test does not come to an end", "not right yet",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, file, c.answer)
			status, stdout, stderr := workshop(t, root, "check", "first")
			assert.Contains(t, stdout, c.want)
			assert.Empty(t, stderr)
			want := 1
			if c.state == "right" {
				want = 0
			}
			assert.Equal(t, want, status)
			assert.Equal(t, c.answer, read(t, file), "check changed the learner's file")

			_, stdout, _ = workshop(t, root, "list")
			assert.Regexp(t, `(?m)^  9\.1  first +Its topic +`+c.state+`$`, stdout)
		})
	}
	t.Run("gone", func(t *testing.T) {
		require.NoError(t, os.Remove(file))
		status, _, stderr := workshop(t, root, "check", "first")
		assert.Equal(t, 1, status)
		assert.Equal(t, "workshop: part9-test/01-first/exercise/exercise.go is gone; "+
			"go run ./workshop reset first brings it back\n", stderr)
	})
}

func TestWrongUseEndsWithStatus2AndOneLine(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"check", "cancle"}, `no such lesson: "cancle"; did you mean cancel (1.2)?`},
		{[]string{"check", "signls"}, `no such lesson: "signls"; did you mean signals (4.1)?`},
		{[]string{"check", "1-2"}, `no such lesson: "1-2"; did you mean cancel (1.2)?`},
		{[]string{"check", "9.9"}, `no such lesson: "9.9"; there are 1.1 to 1.10, 2.1 to 2.8, 3.1 to 3.8, 4.1 to 4.6`},
		{[]string{"run", "1"}, `no such lesson: "1"; part 1 has 1.1 to 1.10`},
		{[]string{"run", "1.77"}, `no such lesson: "1.77"; part 1 has 1.1 to 1.10`},
		{[]string{"run", "part1-tasks"}, `no such lesson: "part1-tasks"; part 1 has 1.1 to 1.10`},
		{[]string{"hint", "xyzzy"}, `no such lesson: "xyzzy"; go run ./workshop list names them all`},
		{[]string{"hint", ""}, `no such lesson: ""; go run ./workshop list names them all`},
		{[]string{"check", "1.1", "1.2"}, `"1.2" is too much; usage: go run ./workshop check [LESSON]`},
		{[]string{"reset"}, "reset needs LESSON; usage: go run ./workshop reset LESSON"},
		{[]string{"chek", "1.1"}, `unknown command "chek"; did you mean check?`},
		{[]string{"lst"}, `unknown command "lst"; did you mean list?`},
		{[]string{"frobnicate"}, `unknown command "frobnicate"; workshop --help lists them`},
		{[]string{"1.2"}, `"1.2" is a lesson, and no command; did you mean check 1.2, or run 1.2?`},
		{[]string{"help", "chek"}, `unknown command "chek"; did you mean check?`},
		{[]string{"completion"}, "completion needs a shell: bash, fish, powershell, zsh"},
		{[]string{"completion", "bsh"}, `unknown shell "bsh"; did you mean bash?`},
		{[]string{"completion", "bash", "x"}, `"x" is too much`},
		{[]string{"list", "--bogus"}, "list has no flag --bogus; its flags: --help, --json"},
		{[]string{"list", "-x"}, "list has no flag -x; its flags: --help, --json"},
		{[]string{"list", "--jsn"}, "list has no flag --jsn; did you mean --json?"},
		{[]string{"list", "--json=maybe"}, `--json "maybe": it takes true or false`},
		{[]string{"--version=x"}, `--version "x": it takes true or false`},
		{[]string{"doctor", "--name"}, "--name needs a value: your name for the instructor"},
		{[]string{"new", "here"}, `"here" is not the path of a lesson, such as part1-tasks/09-stack`},
		{[]string{"new", "part8-none/01-a"}, "there is no part part8-none"},
		{[]string{"new", "part1-tasks/01-a"}, "01-create-task has the number 01 already; take another"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			status, stdout, stderr := workshop(t, "..", c.args...)
			assert.Equal(t, 2, status)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, c.want)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			assert.NotContains(t, stderr, "strconv")
		})
	}
}

func TestFailuresEndWithStatus1AndOneLine(t *testing.T) {
	elsewhere := t.TempDir()
	status, _, stderr := workshop(t, elsewhere, "list")
	assert.Equal(t, 1, status)
	assert.Contains(t, stderr, "no workshop in "+elsewhere)

	status, _, stderr = workshop(t, filepath.Join(elsewhere, "..", "..", "..", ".."), "list")
	assert.Equal(t, 1, status)
	assert.Contains(t, stderr, "no workshop in ")
}

func TestALessonIsKnownByEachOfItsNames(t *testing.T) {
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	t.Chdir(filepath.Join(root, "part1-tasks"))
	for _, name := range []string{
		"1.1", "01-create-task", "create-task", "part1-tasks/01-create-task", "./01-create-task/", "01-create-task/exercise",
		"part1-tasks/01-create-task/exercise/exercise.go", "01-create-task/README.md", // what commands print
		filepath.Join(root, "part1-tasks", "01-create-task"),
	} {
		l, err := course.Find(root, name)
		require.NoError(t, err, name)
		assert.Equal(t, "part1-tasks/01-create-task", l.Dir, name)
	}
}

func TestAGoWorkOfTheLearnersIsNoWorkshop(t *testing.T) {
	root := newWorkshop(t)
	write(t, filepath.Join(root, "part9-test/go.work"), "go 1.26.0\n\nuse .\n")
	status, stdout, stderr := workshop(t, filepath.Join(root, "part9-test/01-first"), "list")
	assert.Equal(t, 0, status, stderr)
	assert.Contains(t, stdout, "9.1  first")
}

func TestAShellCompletesTheNamesOfLessons(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"check", "can"}, "cancel\tCancel a task\n:4\n"},
		{[]string{"notes", "1.1", "4.1"}, "4.1\tSignals\n:4\n"},
		{[]string{"check", "1.1", ""}, ":4\n"}, // it takes one
		{[]string{"list", ""}, ":4\n"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			_, stdout, _ := workshop(t, "..", append([]string{"__complete"}, c.args...)...)
			assert.Equal(t, c.want, stdout)
		})
	}
}

func TestVersionSaysWhichWorkshopThisIs(t *testing.T) {
	status, stdout, stderr := workshop(t, "..", "--version")
	assert.Equal(t, 0, status, stderr)
	assert.Regexp(t, `^asyncio-to-go (\w+ of \d{4}-\d\d-\d\d|of an archive, without git), go1\.\S+ on \w+/\w+\n$`, stdout)
}

func TestHomeSaysWhatToDoNext(t *testing.T) {
	status, stdout, _ := workshop(t, newWorkshop(t))
	assert.Equal(t, 0, status)
	assert.Contains(t, stdout, "Next is 9.1, Its topic:\n\n  read its page      part9-test/01-first/README.md\n")
}

func TestRunTellsTheStory(t *testing.T) {
	status, stdout, stderr := workshop(t, newWorkshop(t), "run", "first")
	assert.Equal(t, 0, status, stderr)
	assert.Equal(t, ""+
		"   0.0s  main        starts a worker\n"+
		"   0.0s  worker      begins\n"+
		"   1.0s  worker      is done\n"+
		"   1.0s  main        goes home\n", stdout)
	assert.Regexp(t, `(?m)^This run (printed exactly the transcript|differs from the transcript, as it may: .*)\.$`, stderr)
}

func TestRunTellsAnotherOrder(t *testing.T) {
	root, err := course.Root(".")
	require.NoError(t, err)
	told := read(t, filepath.Join(root, "part1-tasks/01-create-task/transcript.txt"))
	_, first, _ := workshop(t, root, "run", "1.1", "--seed", "3")
	_, again, stderr := workshop(t, root, "run", "1.1", "--seed", "3")
	assert.Equal(t, first, again, "a seed is an order")
	assert.Contains(t, stderr, "The order of --seed 3: another legal order")
	assert.NotEqual(t, told, first)
	sorted := func(text string) []string {
		lines := strings.Split(strings.ReplaceAll(text, "~", " "), "\n")
		slices.Sort(lines)
		return lines
	}
	assert.Equal(t, sorted(told), sorted(first), "the same lines at the same instants")

	_, stdout, _ := workshop(t, root, "run", "1.5", "--shuffle")
	assert.Contains(t, stdout, "1.5 can be told in one order only")
	status, _, stderr := workshop(t, root, "run", "4.6", "--shuffle")
	assert.Equal(t, 2, status)
	assert.Contains(t, stderr, "4.6 is told in real time only")
}

func TestAStoppedVerifySaysSo(t *testing.T) {
	root := newWorkshop(t)
	t.Chdir(root)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	assert.Equal(t, 1, run(ctx, []string{"verify"}, &out, &errs))
	assert.Contains(t, out.String(), "FAIL ")
}
