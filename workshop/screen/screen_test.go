package screen_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/screen"
)

// TestMain is the tests, and in the tests' terminals the screen itself and an
// editor.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 2 && os.Args[1] == "show":
		if err := screen.Run(context.Background(), os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case len(os.Args) > 3 && os.Args[1] == "edit": // writes one file over the other
		text, err := os.ReadFile(os.Args[2])
		if err == nil {
			err = os.WriteFile(os.Args[3], text, 0o644)
		}
		fmt.Println("the editor has the terminal, error:", err)
		time.Sleep(300 * time.Millisecond)
	default:
		goleak.VerifyTestMain(m)
	}
}

// show shows a workshop on a terminal.
func show(t *testing.T, columns, rows int, root string, env ...string) *terminal {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "show", root)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "NO_COLOR=", "COLORTERM=", "TERM_PROGRAM=", "TMUX=")
	cmd.Env = append(cmd.Env, env...)
	return startTerminal(t, columns, rows, cmd)
}

// wrong is a wrong answer, and what the tests say to it.
func wrong(t *testing.T, l course.Lesson, name string) (answer, says string) {
	t.Helper()
	for _, w := range l.Gallery() {
		if strings.HasSuffix(w.File, "/"+name+".go") {
			return screen.Read(t, filepath.Join(l.Root, filepath.FromSlash(w.File))), w.Says
		}
	}
	require.Fail(t, "no such wrong answer", name)
	return "", ""
}

func TestTheProgramShowsTheListAtOnce(t *testing.T) {
	root := screen.Workshop(t)
	program := filepath.Join(t.TempDir(), "workshop")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "..")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	began := time.Now()
	term := startTerminal(t, 80, 24, cmd)
	term.shows(t, "▸ · 1.1 Create a task", "2 Queues", "q quit")
	took := time.Since(began)
	t.Logf("the list stood after %v", took)
	assert.Less(t, took, 2*time.Second)
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
	assert.Contains(t, term.written(), "\x1b[?1049l", "the screen was left")
}

func TestKeysDoWhatTheFootSays(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.1", "1.2", "2.1")
	term := show(t, 80, 24, root)
	term.shows(t, "▸ · 1.1 Create a task", "0 of 3 right", "1.1  Create a task", "· not begun", "The question")
	term.typed(t, "n")
	term.shows(t, "▸ · 1.2 Cancel a task", "1.2  Cancel a task")
	term.typed(t, "p")
	term.shows(t, "▸ · 1.1 Create a task")
	term.typed(t, "p")
	term.shows(t, "! this is the first lesson")
	term.typed(t, " ")
	term.hides(t, "The question")
	term.typed(t, "\x1b[H") // Home
	term.shows(t, "The question")
	term.typed(t, "h")
	term.shows(t, "Hint 1 of 3", Find(t, root, "1.1").Hints()[0].Title)
	term.typed(t, "h")
	term.shows(t, "Hint 2 of 3")
	term.typed(t, "l")
	term.shows(t, "Lessons:")
	term.typed(t, "queue")
	term.shows(t, "Lessons: queue", "▸ · 2.1 Queue", "not begun")
	term.hides(t, "1.2 Cancel")
	term.typed(t, "\r")
	term.shows(t, "2.1  Queue")
	term.typed(t, "?")
	term.shows(t, "Help", "quit; so does Ctrl-C")
	term.typed(t, "\x1b")
	term.hides(t, "quit; so does Ctrl-C")
	term.typed(t, "x")
	term.shows(t, "there is nothing to reset")
	term.typed(t, "w")
	term.shows(t, "The gallery opens when your answer is right.")
	term.typed(t, "s")
	term.shows(t, "Press s again")
	term.typed(t, "s")
	term.shows(t, "From your answer to the solution")
	term.typed(t, "v")
	term.shows(t, "part2-queues-locks/01-queue/README.md", "In asyncio")
	term.typed(t, "\x03") // Ctrl-C
	require.NoError(t, term.ends(t))
	assert.Contains(t, term.written(), "\x1b[?25h", "the cursor is back")
}

// Find is a lesson of a workshop.
func Find(t *testing.T, root, name string) course.Lesson {
	t.Helper()
	return screen.Find(t, root, name)
}

func TestEachSaveIsCheckedHoweverTheEditorWrites(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.1", "1.2", "1.3")
	l := Find(t, root, "1.2")
	file := l.Answer()
	solution := screen.Read(t, l.Solution())
	term := show(t, 120, 40, root)
	term.typed(t, "\x1b[B") // arrow down
	term.shows(t, "▸ · 1.2 Cancel a task", "each save is checked")

	answer, says := wrong(t, l, "a-goroutine-for-each-timer")
	screen.Replace(t, file, answer)
	term.shows(t, "▸ ✗ 1.2", "✗ WRONG", says, "│ ") // and the learner's own line
	own := regexp.MustCompile(`exercise\.go:(\d+)`).FindStringSubmatch(term.text())
	require.NotNil(t, own, "the message names a line")
	number, err := strconv.Atoi(own[1])
	require.NoError(t, err)
	term.shows(t, fmt.Sprintf("%d │ %s", number, strings.TrimSpace(strings.Split(answer, "\n")[number-1])))

	screen.Write(t, file, solution)
	term.shows(t, "▸ ✓ 1.2", "✓ RIGHT: all", "1 of 3 right", "To read next", "n on to 1.3")
	screen.Write(t, file, "") // some editors empty the file first
	screen.Write(t, file, screen.Read(t, l.Stub()))
	term.shows(t, "▸ · 1.2", "· nothing is written yet")
	if vim, err := exec.LookPath("vim"); err == nil {
		save := exec.CommandContext(t.Context(), vim, "-u", "NONE", "-es", "-c", "set backupcopy=no writebackup", "-c", "%!cat "+l.Solution(), "-c", "wq", file)
		out, err := save.CombinedOutput()
		require.NoError(t, err, "%s", out)
		term.shows(t, "▸ ✓ 1.2", "✓ RIGHT: all")
	} else {
		t.Log("vim is not installed; its steps were made by hand")
		screen.Replace(t, file, solution)
		term.shows(t, "▸ ✓ 1.2", "✓ RIGHT: all")
	}
	term.typed(t, "w")
	term.shows(t, "wrong answers that people write", "the test says: ", "against the solution:", "@@ ")
	term.typed(t, "x")
	term.shows(t, "Reset this exercise?", "A copy of your answer is kept")
	term.typed(t, "n")
	term.shows(t, "Nothing was changed.", "▸ ✓ 1.2")
	assert.Equal(t, solution, screen.Read(t, file))
	term.typed(t, "xy")
	term.shows(t, "Your answer is kept in .workshop/kept/part1-tasks-02-cancel-", "▸ · 1.2")
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
}

// endless is an answer that never ends, and writes its process's number to a file.
func endless(t *testing.T, l course.Lesson, note string) string {
	t.Helper()
	body := fmt.Sprintf("_ = os.WriteFile(%q, []byte(strconv.Itoa(os.Getpid())), 0o644)\n\tfor {\n\t\tb.Size++\n\t}", note)
	answer := strings.Replace(screen.Read(t, l.Stub()), `panic("not written yet")`, body, 1)
	return strings.Replace(answer, "\"time\"\n", "\"os\"\n\t\"strconv\"\n\t\"time\"\n", 1)
}

// process waits for a process to write its number to a file.
func process(t *testing.T, note string) (pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(note)
		if err == nil {
			pid, err = strconv.Atoi(string(text))
		}
		return err == nil
	}, patience, 5*time.Millisecond)
	require.True(t, alive(pid))
	return pid
}

// gone waits for a process to end.
func gone(t *testing.T, pid int, within time.Duration, message string) {
	t.Helper()
	assert.Eventually(t, func() bool { return !alive(pid) }, within, 10*time.Millisecond, message)
}

func TestAnEndlessLoopIsExplainedAndEndsWithTheProgram(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.2")
	l := Find(t, root, "1.2")
	note := filepath.Join(root, "pid")
	term := show(t, 140, 45, root)
	term.shows(t, "each save is checked")
	answer := endless(t, l, note)
	screen.Replace(t, l.Answer(), answer)
	gone(t, process(t, note), patience, "the endless loop goes on when it is known to be one")
	term.shows(t, "✗ WRONG", "hang: ", "Batcher.Run (exercise.go:")
	require.NoError(t, os.Remove(note))
	screen.Replace(t, l.Answer(), answer+"\n// once more\n")
	pid := process(t, note)
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
	gone(t, pid, 2*time.Second, "the endless loop goes on without the screen")
}

func TestAClosedWindowEndsTheCheckToo(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.2")
	l := Find(t, root, "1.2")
	note := filepath.Join(root, "pid")
	term := show(t, 80, 24, root)
	term.shows(t, "each save is checked")
	screen.Replace(t, l.Answer(), endless(t, l, note))
	pid := process(t, note)
	require.NoError(t, term.pty.Close())
	_ = term.ends(t)
	gone(t, pid, 2*time.Second, "the endless loop goes on without its window")
}

func TestASaveEndsTheCheckUnderWay(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.2")
	l := Find(t, root, "1.2")
	term := show(t, 140, 45, root)
	note := filepath.Join(root, "pid")
	term.shows(t, "each save is checked")
	screen.Replace(t, l.Answer(), endless(t, l, note))
	pid := process(t, note)
	screen.Replace(t, l.Answer(), screen.Read(t, l.Solution()))
	gone(t, pid, 4*time.Second, "it goes on with the check under way") // by itself it ends after 5 s
	term.shows(t, "✓ RIGHT: all")
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
}

func TestItFillsATerminalOfAnySize(t *testing.T) {
	t.Parallel()
	term := show(t, 80, 24, screen.Workshop(t))
	term.shows(t, "▸ · 1.1 Create a task", "q quit")
	assert.NotContains(t, term.text(), "2.1 Queue", "a part that is not in view is closed")
	term.resize(t, 140, 45)
	term.shows(t, "2.1 Queue", "3.1 Exceptions", "l list  ? help  q quit")
	term.resize(t, 50, 12)
	term.shows(t, "50 x 12 is too small: make it 60 x 16, or q.")
	term.resize(t, 80, 24)
	term.shows(t, "▸ · 1.1 Create a task", "q quit")
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
}

func TestNoColorHasNoColours(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.1", "1.2")
	screen.Write(t, Find(t, root, "1.1").Answer(), "package exercise\n")
	colour := regexp.MustCompile(`\x1b\[[0-9;:]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;:]*m`)
	for _, c := range []struct {
		env      string
		coloured bool
	}{{"NO_COLOR=1", false}, {"NO_COLOR=", true}} {
		term := show(t, 80, 24, root, c.env)
		term.shows(t, "✗ does not compile: exercise_test.go:", "undefined: exercise.Every")
		term.typed(t, "h")
		term.shows(t, "Hint")
		term.typed(t, "q")
		require.NoError(t, term.ends(t))
		assert.Equal(t, c.coloured, colour.MatchString(term.written()), c.env)
	}
}

func TestTheEditorHasTheTerminalAndItsSaveIsChecked(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.1")
	l := Find(t, root, "1.1")
	program, err := os.Executable()
	require.NoError(t, err)
	term := show(t, 100, 30, root, fmt.Sprintf("EDITOR='%s' edit %s", program, l.Solution()))
	term.shows(t, "each save is checked")
	term.typed(t, "o")
	term.shows(t, "✓ RIGHT")
	assert.Contains(t, term.written(), "the editor has the terminal, error: <nil>")
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
}

func TestTheStoryIsToldAndEscEndsIt(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.2")
	note := filepath.Join(root, "pid")
	screen.Write(t, filepath.Join(root, "part1-tasks", "02-cancel", "main.go"), fmt.Sprintf(`package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
)

func main() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt)
	fmt.Println("   0.0s  main        opens the box office")
	fmt.Println("and waits")
	_ = os.WriteFile(%q, []byte(strconv.Itoa(os.Getpid())), 0o644)
	<-told
	_ = os.WriteFile(%q, []byte("it could tidy up"), 0o644)
}
`, note, note+".end"))
	term := show(t, 80, 24, root)
	term.shows(t, "each save is checked")
	term.typed(t, "r")
	term.shows(t, "The story of 1.2", "0.0s  main        opens the box office", "and waits", "Esc ends it")
	pid := process(t, note)
	term.typed(t, "\x1b")
	term.hides(t, "The story of 1.2")
	gone(t, pid, 2*time.Second, "the story goes on")
	assert.FileExists(t, note+".end")
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
}

func TestAStoryThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	root := screen.Workshop(t, "1.2")
	screen.Write(t, filepath.Join(root, "part1-tasks", "02-cancel", "main.go"), "package main\n\nfunc main() { println(\"it breaks\"); panic(1) }\n")
	term := show(t, 80, 24, root)
	term.shows(t, "each save is checked")
	term.typed(t, "r")
	term.shows(t, "it breaks", "panic: 1", "! the story has failed: exit status 2")
	term.typed(t, "q")
	require.NoError(t, term.ends(t))
}
