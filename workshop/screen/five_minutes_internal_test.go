package screen

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestTheFirstScreenSaysWhatThisIsAndWhatToDo(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1", "1.2")
	screen := s.look()
	last := 0
	for _, text := range []string{"Concurrency in Go for people who know asyncio", "tests check", "1  read (v): the lesson's page", "2  watch (r): its story", "3  write and save (o): part1-tasks", "The question"} {
		require.Contains(t, screen, text)
		assert.Less(t, last, strings.Index(screen, text), text)
		last = strings.Index(screen, text)
	}
	s.save(t, "package exercise\n")
	s.types("c")
	s.until(t, "✓ RIGHT")
	assert.NotContains(t, s.look(), "1  read")
	s.types("n")
	assert.Contains(t, s.look(), "1  read (v)", "what to do with this lesson")
	assert.NotContains(t, s.look(), "Concurrency in Go for people", "the learner knows")
}

func TestKeysAnswerAtOnceHoweverMuchACheckHasPrinted(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	for i := range 16709 {
		fmt.Fprintf(&long, "exercise_test.go:%d: f was called after the end, at %d s, from exercise.go:3\n", i, i)
	}
	loud := course.Test{Name: "TestStops", Message: long.String()}
	s := play(t, found(loud, passes), "1.1", "1.2")
	s.save(t, "package exercise\n\nfunc Every() {}\n")
	s.types("c")
	s.until(t, "✗ WRONG")
	assert.Contains(t, s.look(), "f was called after the end, at 0 s")
	s.types("G")
	s.types("g")
	var slowest time.Duration
	for _, k := range []string{"j", "pgdown", "k", "end", "home", "m", "pgdown", "end", "esc", "?", "esc"} {
		began := time.Now()
		s.types(k)
		_ = s.View()
		slowest = max(slowest, time.Since(began))
	}
	t.Logf("the slowest key took %v", slowest)
	assert.Less(t, slowest, time.Second, "a key waits for all that was printed") // 0.1 s where the machine is quiet
	assert.Contains(t, s.lessonText(80), "16673 more lines: m shows more")
	s.types("m", "end")
	assert.Contains(t, s.look(), "at 16708 s")
}

func TestMoreSaysThatNothingWasChecked(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1")
	s.types("m")
	assert.Contains(t, s.look(), "! nothing was checked yet")
	s.types("c")
	s.until(t, "✓ RIGHT")
	s.types("m")
	assert.Contains(t, s.look(), "They said nothing.")
}

func TestTheListTakesArrowKeysAndTheMouse(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1", "1.2", "1.3")
	s.types("down", "down")
	assert.Contains(t, s.look(), "▸ · 1.3")
	s.types("down")
	assert.Contains(t, s.look(), "! this is the last lesson")
	s.types("up")
	assert.Contains(t, s.look(), "▸ · 1.2")
	s.happens(tea.MouseClickMsg{X: 8, Y: 2, Button: tea.MouseLeft})
	assert.Contains(t, s.look(), "▸ · 1.1")
	s.happens(tea.MouseClickMsg{X: 80, Y: 2, Button: tea.MouseLeft})
	s.happens(tea.MouseClickMsg{X: 8, Y: 20, Button: tea.MouseLeft})
	assert.Contains(t, s.look(), "▸ · 1.1", "there is no lesson")
	s.types("v")
	before := s.look()
	s.happens(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	assert.NotEqual(t, before, s.look(), "the wheel scrolls")
	s.happens(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	assert.Equal(t, before, s.look())
	s.types("down")
	assert.NotEqual(t, before, s.look(), "over the lesson, an arrow scrolls")
}

func TestTheFootShowsTheKeysThatWork(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1", "1.2")
	foot := func() string { lines := strings.Split(s.look(), "\n"); return strings.Join(lines[len(lines)-2:], "\n") }
	assert.Contains(t, foot(), "h hint")
	s.types("l")
	assert.Contains(t, foot(), "↑ ↓ choose  Enter go there")
	assert.NotContains(t, foot(), "h hint", "an h is a letter here")
	s.types("esc")
	assert.Contains(t, foot(), "h hint")
	s.save(t, "package exercise\n")
	s.types("x")
	assert.Contains(t, foot(), "y reset it  any other key no")
	assert.NotContains(t, foot(), "h hint")
}

func TestASaveOfAnotherLessonChecksNothing(t *testing.T) {
	t.Parallel()
	s := play(t, func(context.Context, course.Lesson, func(course.Test)) (course.Result, error) {
		t.Error("it was checked")
		return course.Result{}, nil
	}, "1.1", "1.2")
	other := s.lessons[1].Lesson
	s.happens(savedMsg{other})
	assert.Nil(t, s.run)
	assert.NotContains(t, s.look(), "checking")
}

func TestCtrlZSuspends(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1")
	_, cmd := s.Update(tea.KeyPressMsg{Code: 'z', Mod: tea.ModCtrl})
	require.NotNil(t, cmd)
	assert.IsType(t, tea.SuspendMsg{}, cmd())
}

// told is a story that says something and goes on until it is asked to end.
func storyOf(t *testing.T, s *stage, body string) {
	t.Helper()
	Write(t, filepath.Join(s.root, filepath.FromSlash(s.here().Dir), "main.go"), "package main\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n\nfunc main() {\n"+body+"\n}\n")
}

func TestQuitEndsTheStoryThatIsTold(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this test compiles a story")
	}
	s := play(t, found(passes), "1.1")
	storyOf(t, s, "\tfmt.Println(\"   0.0s  main        begins\")\n\ttime.Sleep(time.Hour)")
	s.types("r")
	story := s.story
	s.until(t, "main        begins")
	s.types("q")
	s.untilSo(t, "the end", func() bool { return s.quit })
	s.crew.end()
	_, over := story.now()
	assert.True(t, over, "the story goes on")
}

var toldOf = &lesson.Telling{Events: []lesson.Event{
	{Line: lesson.Line{Task: "main", Text: "opens", Waiting: true}},
	{Line: lesson.Line{Task: "clerk", Text: "sells"}},
	{Line: lesson.Line{At: 200 * time.Millisecond, Task: "clerk", Text: "has lost a coin", Level: slog.LevelError}},
	{Line: lesson.Line{At: 300 * time.Millisecond, Task: "main", Text: "closes"}},
}}

func TestAStoryIsDrawnAsLanesWhileItIsTold(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("this test compiles a story")
	}
	s := play(t, found(passes), "1.1")
	s.telling = func(course.Lesson) *lesson.Telling { return toldOf }
	storyOf(t, s, "\tfmt.Println(\"   0.0s  main        opens\")\n\tfmt.Println(\"   0.0s  clerk       sells\")\n\ttime.Sleep(200*time.Millisecond)\n"+
		"\tfmt.Println(\"   0.2s  clerk       has lost a coin\")\n\ttime.Sleep(100*time.Millisecond)\n\tfmt.Println(\"   0.3s  main        closes\")")
	s.types("r")
	s.until(t, "clerk       sells")
	s.until(t, "told to its end")
	screen := s.look()
	assert.Regexp(t, `main   ●╱+●`, screen)
	assert.Regexp(t, `clerk  ●━+✗`, screen)
	assert.Contains(t, screen, "╱ waits")
	assert.Contains(t, screen, "0.2s  clerk       has lost a coin")
	assert.Regexp(t, "This run (printed exactly|differs from) the transcript", screen)
}

func TestAStorysLanesGrowWithTheClock(t *testing.T) {
	t.Parallel()
	s := &story{telling: toldOf, began: time.Now().Add(-150 * time.Millisecond)}
	s.said.WriteString("   0.0s  main        opens\n   0.0s  clerk       sells\n")
	lanes := strings.Join(s.lanes(60), "\n")
	assert.NotContains(t, lanes, "✗\n", "it is still to come")
	s.took = 300 * time.Millisecond
	assert.Contains(t, strings.Join(s.lanes(60), "\n"), "clerk", "it ended early")
	assert.Empty(t, (&story{}).lanes(60))
}

func TestThePageHasItsPictureAsLanes(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1")
	s.telling = func(course.Lesson) *lesson.Telling { return toldOf }
	s.happens(tea.WindowSizeMsg{Width: 120, Height: 200})
	s.types("v")
	assert.Regexp(t, `clerk  ●━+✗`, s.look())
	assert.NotContains(t, s.look(), "[a picture")
	s.telling = func(course.Lesson) *lesson.Telling { return nil }
	s.types("v")
	assert.Contains(t, s.look(), "[a picture", "its text, where there is no trace")
}

func TestEachLessonsLanesAreOfItsTranscript(t *testing.T) {
	t.Parallel()
	lessons, err := course.Lessons("../..")
	require.NoError(t, err)
	for _, l := range lessons {
		dir := filepath.Join(l.Root, filepath.FromSlash(l.Dir))
		said := told(tellingOf(l))
		assert.Equal(t, Read(t, filepath.Join(dir, "transcript.txt")), said.String(), l.ID())
		lanes := said.Lanes(lesson.View{Width: 80, Until: said.End()})
		for line := range strings.Lines(lanes) {
			assert.LessOrEqual(t, lipgloss.Width(strings.TrimRight(line, "\n")), 80, "%s: %s", l.ID(), line)
		}
		assert.Contains(t, lanes, "main", l.ID())
	}
	assert.Nil(t, tellingOf(course.Lesson{Root: t.TempDir(), Dir: "gone"}))
}

func TestAnEditorWithWindowsLeavesTheScreenAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this test needs a shell script")
	}
	bin := t.TempDir()
	note := filepath.Join(bin, "note")
	require.NoError(t, os.WriteFile(filepath.Join(bin, "code"), []byte("#!/bin/sh\necho \"$@\" > "+note+"\n"), 0o755)) //nolint:gosec // it is to be run
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", "")
	t.Setenv("TERM_PROGRAM", "vscode")
	s := play(t, found(fails1), "1.1")
	s.save(t, "package exercise\nfunc Every() { for {} }\n")
	s.types("c")
	s.until(t, "✗ WRONG")
	s.types("o")
	assert.Contains(t, s.look(), "! code opens part1-tasks/01-create-task/exercise/exercise.go")
	s.untilSo(t, "the editor", func() bool { text, _ := os.ReadFile(note); return len(text) > 0 })
	assert.Equal(t, "-g "+s.here().Answer()+":2\n", Read(t, note), "at the line of the first failure")
	require.ErrorIs(t, openWindow(t.Context(), []string{filepath.Join(bin, "gone")}), os.ErrNotExist)
	var exit *exec.ExitError
	assert.ErrorAs(t, openWindow(t.Context(), []string{"sh", "-c", "exit 3"}), &exit)
}
