package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const answer = "part9-test/01-first/exercise/exercise.go"

// solve puts the solution, or a wrong answer, where the learner's answer is.
func solve(t *testing.T, root, with string) {
	t.Helper()
	write(t, filepath.Join(root, answer), read(t, filepath.Join(root, "part9-test/01-first/exercise", with)))
}

func TestALearnersWay(t *testing.T) {
	root := newWorkshop(t)
	ok := func(want string, args ...string) {
		t.Helper()
		status, stdout, stderr := workshop(t, root, args...)
		assert.Equal(t, 0, status, stdout)
		assert.Empty(t, stderr)
		assert.Contains(t, stdout, want)
	}
	fails := func(want string, args ...string) {
		t.Helper()
		status, stdout, stderr := workshop(t, root, args...)
		assert.Equal(t, 1, status, stdout)
		assert.Contains(t, stdout+stderr, want)
	}

	ok("Next is 9.1, Its topic:", "next")
	ok(`"state": "not begun"`, "next", "--json")
	ok("No exercise is begun.\n", "check", "--all")
	fails("Nothing is written yet.", "check")
	fails("workshop: the gallery of 9.1 opens when your answer is right: go run ./workshop check first\n", "gallery")

	solve(t, root, "_wrong/b.go")
	fails("0 right, 1 wrong, 0 not written yet. For a hint: go run ./workshop hint first\n", "check")
	ok("There are hints left: go run ./workshop hint first. Ask again to see the solution all the same.\n", "solution")
	require.NoError(t, os.RemoveAll(filepath.Join(root, ".workshop")))
	ok(`"shown": false,`, "solution", "--json")
	ok(`"diff": "---`, "solution", "--json")
	ok("+\treturn context.Cause(ctx)\n", "solution") // asked twice
	ok("Hint 1 of 3: A nudge\n\nThink.\n", "hint")
	ok("Hint 2 of 3: ", "hint", "9.1")
	ok(`"number": 3,`, "hint", "--json")
	ok(`"title": "A nudge",`, "hint", "--json")
	ok("This was the last one. The solution: go run ./workshop solution first\n", "hint")
	ok("Hint 3 of 3: ", "hint")

	ok("Your answer is kept in .workshop/kept/part9-test-01-first-", "reset", "9.1")
	ok("is as it was at the beginning.\n", "reset", "9.1")
	fails("Nothing is written yet.", "check")
	solve(t, root, "_solution/exercise.go")
	ok("Right: all 1 tests pass. How others got it wrong: go run ./workshop gallery first\n", "check")
	ok("4 ways in which others went wrong in Its topic:\n", "gallery", "first")
	ok("  the test says: the cause was lost\n", "gallery", "first")
	ok("-\treturn context.Cause(ctx)\n+\treturn ctx.Err()\n", "gallery", "first")
	ok("Your answer is the solution, but for comments.\n", "solution", "first")
	ok("Every exercise is right.", "next")
	ok("null", "next", "--json")
	ok("Right: ", "check", "--all")

	require.NoError(t, os.RemoveAll(filepath.Join(root, ".workshop")))
	ok(`"state": "begun"`, "list", "--json")
	ok("Right: ", "check", "--all")
	ok(`"state": "right"`, "list", "--json")
}

func TestACheckForAScript(t *testing.T) {
	root := newWorkshop(t)
	write(t, filepath.Join(root, answer), strings.Replace(read(t, filepath.Join(root, answer)), `panic("not written yet")`, "select {}", 1))
	status, stdout, stderr := workshop(t, root, "check", "first", "--json")
	assert.Equal(t, 1, status, stderr)
	var got checked
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.Equal(t, "9.1", got.Lesson)
	assert.False(t, got.Right)
	require.Len(t, got.Tests, 1)
	assert.Equal(t, "wrong", got.Tests[0].State)
	assert.Contains(t, got.Tests[0].Message, "deadlock: ")
	require.NotEmpty(t, got.Tests[0].Lines)
	assert.Equal(t, "select {}", got.Tests[0].Lines[0].Text)
}

func TestTheWholeReportIsShownOnlyWhenAskedFor(t *testing.T) {
	root := newWorkshop(t)
	write(t, filepath.Join(root, answer), strings.Replace(read(t, filepath.Join(root, answer)), `panic("not written yet")`, "go panic(1)\n\tselect {}", 1))
	_, stdout, _ := workshop(t, root, "check", "first")
	assert.Contains(t, stdout, "panic: 1 at exercise.go:8")
	assert.NotContains(t, stdout, "goroutine ")
	assert.Contains(t, stdout, "\nThe whole report: go run ./workshop check first --raw\n")

	_, stdout, _ = workshop(t, root, "check", "first", "--raw")
	assert.Contains(t, stdout, "panic: 1 at exercise.go:8")
	assert.Regexp(t, `(?m)^goroutine \d+ .*running`, stdout)
	assert.NotContains(t, stdout, "The whole report")
}

// lines are what a command that goes on has printed so far.
type lines struct {
	mu sync.Mutex // guards buf
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestWatchChecksAtEachSaveAndDoesNotMoveOn(t *testing.T) {
	root := newWorkshop(t)
	t.Chdir(root)
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs lines
	status := make(chan int)
	go func() { status <- run(ctx, []string{"watch"}, &out, &errs) }()
	says := func(want string) {
		t.Helper()
		require.Eventually(t, func() bool { return strings.Contains(out.String(), want) }, 30*time.Second, 10*time.Millisecond, "%s", &out)
	}
	says("Nothing is written yet.")
	says("Waiting for you to save " + answer)
	solve(t, root, "_wrong/b.go")
	says("the cause was lost")
	file := filepath.Join(root, answer)
	write(t, file+".new", read(t, filepath.Join(root, "part9-test/01-first/exercise/_solution/exercise.go")))
	require.NoError(t, os.Rename(file+".new", file))
	says("Right: all 1 tests pass.")
	cancel()
	assert.Equal(t, 0, <-status)
	assert.Empty(t, withoutWaits(errs.String()))
}

// git runs git in a folder, for a user who has configured nothing.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return string(out)
}

// What docs/workshop.md advises for a newer version in the middle of the work: git pull --autostash.
func TestPullingANewerVersionLosesNoWork(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatal("git is not installed")
		}
		t.Skip("git is not installed: that a pull loses no work was not tested")
	}
	upstream := newWorkshop(t)
	author := []string{"-c", "user.name=a", "-c", "user.email=a@example.com"}
	commit := func() {
		t.Helper()
		git(t, upstream, "add", "-A")
		git(t, upstream, append(author, "commit", "-qm", "x")...)
	}
	write(t, filepath.Join(upstream, ".gitignore"), "/.workshop/\n")
	git(t, upstream, "init", "-q")
	commit()
	mine := filepath.Join(t.TempDir(), "mine")
	git(t, upstream, "clone", "-q", ".", mine)

	solve(t, mine, "_wrong/b.go")
	work := read(t, filepath.Join(mine, answer))
	page := filepath.Join(upstream, "part9-test/01-first/README.md")
	write(t, page, read(t, page)+"\nOne more line.\n")
	commit()
	git(t, mine, "pull", "-q", "--autostash")
	assert.Equal(t, work, read(t, filepath.Join(mine, answer)), "the page has changed, the answer has not")
	assert.Contains(t, read(t, filepath.Join(mine, "part9-test/01-first/README.md")), "One more line.")

	for _, stub := range []string{answer, "part9-test/01-first/exercise/_stub/exercise.go"} { // the contract changes under the answer
		file := filepath.Join(upstream, stub)
		write(t, file, strings.Replace(read(t, file), `panic("not written yet")`, `panic("not written yet") // a new contract`, 1))
	}
	commit()
	git(t, mine, "pull", "-q", "--autostash")
	status, stdout, stderr := workshop(t, mine, "check", "first")
	assert.Equal(t, 1, status, stderr)
	assert.Contains(t, stdout, "git's marks <<<<<<< and >>>>>>> are in the file")
	assert.Equal(t, work, git(t, mine, "show", "stash@{0}:"+answer), "the answer is safe in the stash")
	_, stdout, _ = workshop(t, mine, "reset", "first")
	assert.Contains(t, stdout, "Your answer is kept in ")
	assert.Contains(t, read(t, filepath.Join(mine, answer)), "a new contract")
	git(t, mine, "checkout", "-q", "stash@{0}", "--", answer)
	assert.Equal(t, work, read(t, filepath.Join(mine, answer)))
}
