package screen

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// A stage plays a model as Bubble Tea does, without a terminal.
type stage struct {
	*model
	root    string
	msgs    chan tea.Msg
	running sync.WaitGroup
	ticks   int
	quit    bool
}

// checks is what a test says that the exercise's tests do.
type checks func(ctx context.Context, l course.Lesson, each func(course.Test)) (course.Result, error)

func found(tests ...course.Test) checks {
	return func(_ context.Context, _ course.Lesson, each func(course.Test)) (course.Result, error) {
		for _, t := range tests {
			each(t)
		}
		return course.Result{Tests: tests}, nil
	}
}

var (
	passes = course.Test{Name: "TestDoesNotDrift", Passed: true}
	fails1 = course.Test{Name: "TestStopsWhenAsked", Message: "exercise_test.go:7: it goes on\n  Every (exercise.go:2): runs"}
	toDo   = course.Test{Name: "TestDoesNotDrift", Message: "panic: not written yet at exercise.go:3"}
)

func play(t *testing.T, tests checks, lessons ...string) *stage {
	t.Helper()
	root := Workshop(t, lessons...)
	return playIn(t, root, tests)
}

func playIn(t *testing.T, root string, tests checks) *stage {
	t.Helper()
	crew := newCrew(t.Context())
	m, err := newModel(root, crew)
	require.NoError(t, err)
	s := &stage{model: m, root: root, msgs: make(chan tea.Msg)}
	over := make(chan struct{})
	send := func(msg tea.Msg) {
		select {
		case s.msgs <- msg:
		case <-over:
		}
	}
	m.send = send
	m.after = func(d time.Duration, msg tea.Msg) tea.Cmd {
		return func() tea.Msg {
			select {
			case <-time.After(d):
				return msg
			case <-over:
				return nil
			}
		}
	}
	m.tests = func(ctx context.Context, l course.Lesson, each func(course.Test)) (course.Result, error) {
		r, err := tests(ctx, l, each)
		r.SHA256 = l.Fingerprint()
		return r, err
	}
	t.Cleanup(func() {
		close(over)
		crew.end()
		s.running.Wait()
	})
	s.do(m.Init(), send)
	s.happens(tea.WindowSizeMsg{Width: 100, Height: 40})
	return s
}

// do runs a command and what it consists of.
func (s *stage) do(cmd tea.Cmd, send func(tea.Msg)) {
	if cmd == nil {
		return
	}
	s.running.Go(func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				s.do(c, send)
			}
		default:
			send(msg)
		}
	})
}

// happens lets something happen.
func (s *stage) happens(msg tea.Msg) {
	switch msg.(type) {
	case tickMsg:
		s.ticks++
	case tea.QuitMsg:
		s.quit = true
		return
	}
	_, cmd := s.Update(msg)
	s.do(cmd, s.send)
}

// until lets happen what comes until the screen shows a text.
func (s *stage) until(t *testing.T, text string) {
	t.Helper()
	s.untilSo(t, text, func() bool { return strings.Contains(s.look(), text) })
}

func (s *stage) untilSo(t *testing.T, what string, is func() bool) {
	t.Helper()
	limit := time.After(time.Minute) // it may compile a story
	for !is() {
		select {
		case msg := <-s.msgs:
			s.happens(msg)
		case <-limit:
			require.Fail(t, "this never comes: "+what, s.look())
		}
	}
}

// look is what the screen shows, without its colours.
func (s *stage) look() string { return ansi.Strip(s.View().Content) }

// types lets keys be pressed: letters, or a key's name.
func (s *stage) types(keys ...string) {
	names := map[string]rune{
		"esc": tea.KeyEscape, "left": tea.KeyLeft, "enter": tea.KeyEnter, "up": tea.KeyUp, "down": tea.KeyDown, "pgdown": tea.KeyPgDown,
		"pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace,
	}
	for _, k := range keys {
		if code, named := names[k]; named {
			s.happens(tea.KeyPressMsg{Code: code})
			continue
		}
		for _, r := range k {
			s.happens(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func (s *stage) save(t *testing.T, text string) {
	t.Helper()
	Replace(t, s.here().Answer(), text)
}

func TestItBeginsWithTheFirstLessonThatIsNotRight(t *testing.T) {
	t.Parallel()
	root := Workshop(t, "1.1", "1.2")
	l := Find(t, root, "1.1")
	Write(t, l.Answer(), Read(t, l.Solution()))
	p, _ := learner.Load(root)
	require.NoError(t, p.Checked(l, course.Result{Tests: []course.Test{passes}, SHA256: l.Fingerprint()}))
	s := playIn(t, root, found(passes))
	assert.Contains(t, s.look(), "▸ · 1.2 Cancel a task")
	assert.Contains(t, s.look(), "  ✓ 1.1 Create a task")
	assert.Contains(t, s.look(), "1 of 2 right")
}

func TestASaveIsCheckedAndTheMistakeStandsOnTopWithTheLearnersOwnLine(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes, fails1), "1.1")
	time.Sleep(20 * time.Millisecond) // the watch has begun
	s.save(t, "package exercise\nfunc Every() { for {} }\n")
	s.until(t, "✗ WRONG: 1 of 2 tests fails")
	screen := s.look()
	for _, text := range []string{"▸ ✗ 1.1", "✗ stops when asked", "exercise_test.go:7: it goes on", "Every (exercise.go:2): runs", "2 │ func Every() { for {} }", "✓ does not drift"} {
		assert.Contains(t, screen, text)
	}
	assert.Less(t, strings.Index(screen, "✗ stops when asked"), strings.Index(screen, "✓ does not drift"), "what is wrong stands on top")
	p, _ := learner.Load(s.root)
	assert.Equal(t, learner.Wrong, p.State(s.here().Lesson), "it is kept")
}

func TestGreenStaysOnTheLessonAndSaysWhereToGoOn(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1", "1.2")
	s.save(t, "package exercise\n")
	s.types("c")
	s.until(t, "✓ RIGHT: the test passes")
	for _, text := range []string{"▸ ✓ 1.1", "1 of 2 right", "n  on to 1.2, Cancel a task", "To read next", "What was proved", "✓ does not drift"} {
		assert.Contains(t, s.look(), text)
	}
}

func TestNothingWrittenIsNoMistake(t *testing.T) {
	t.Parallel()
	s := play(t, found(toDo), "1.1")
	s.types("c")
	s.until(t, "· nothing is written yet")
	assert.NotContains(t, s.look(), "WRONG")
	s.types("end")
	assert.Contains(t, s.look(), "What the tests ask")
}

func TestTestsAreShownAsTheyEnd(t *testing.T) {
	t.Parallel()
	half := make(chan struct{})
	s := play(t, func(ctx context.Context, _ course.Lesson, each func(course.Test)) (course.Result, error) {
		each(fails1)
		select {
		case <-half:
		case <-ctx.Done():
		}
		return course.Result{Tests: []course.Test{fails1, passes}}, nil
	}, "1.1")
	s.save(t, "package exercise\nfunc Every() {}\n")
	s.types("c")
	s.until(t, "0 right, 1 wrong")
	s.until(t, "2 │ func Every() {}")
	assert.Contains(t, s.look(), "checking, ")
	close(half)
	s.until(t, "✗ WRONG: 1 of 2 tests fails")
}

func TestANewSaveEndsTheCheckUnderWayAndItsResultIsDropped(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var ended []string
	s := play(t, func(ctx context.Context, l course.Lesson, _ func(course.Test)) (course.Result, error) {
		if text := source(l); text != "package exercise // second\n" {
			<-ctx.Done()
			mu.Lock()
			ended = append(ended, text)
			mu.Unlock()
			return course.Result{Tests: []course.Test{passes}}, nil // it comes too late
		}
		return course.Result{Tests: []course.Test{fails1}}, nil
	}, "1.1")
	s.save(t, "package exercise // first\n")
	s.types("c")
	s.until(t, "checking, ")
	time.Sleep(50 * time.Millisecond) // it reads the first
	s.save(t, "package exercise // second\n")
	s.types("c")
	s.until(t, "✗ WRONG")
	s.untilSo(t, "the first one's end", func() bool { mu.Lock(); defer mu.Unlock(); return len(ended) > 0 })
	assert.Contains(t, s.look(), "✗ WRONG")
}

func TestAResultOfAFileThatWasSavedMeanwhileDoesNotCount(t *testing.T) {
	t.Parallel()
	var times atomic.Int32 // a save may end the first one, and the second one begins beside it
	var s *stage
	s = play(t, func(context.Context, course.Lesson, func(course.Test)) (course.Result, error) {
		if times.Add(1) == 1 {
			assert.NoError(t, os.WriteFile(s.lessons[0].Answer(), []byte("package exercise // broken since\n"), 0o644))
			return course.Result{Tests: []course.Test{passes}}, nil
		}
		return course.Result{Tests: []course.Test{fails1}}, nil
	}, "1.1")
	s.save(t, "package exercise // right\n")
	s.types("c")
	s.untilSo(t, "a result", func() bool { return s.outcomes[s.here().Dir] != nil })
	assert.Contains(t, s.look(), "✗ WRONG", "the right answer was not the one in the file")
}

func TestALessonThatIsPassedByIsNotChecked(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var checked []string
	root := Workshop(t, "1.1", "1.2", "1.3")
	for _, id := range []string{"1.1", "1.2", "1.3"} {
		Write(t, Find(t, root, id).Answer(), "package exercise\n")
	}
	s := playIn(t, root, func(_ context.Context, l course.Lesson, _ func(course.Test)) (course.Result, error) {
		mu.Lock()
		defer mu.Unlock()
		checked = append(checked, l.ID())
		return course.Result{Tests: []course.Test{passes}}, nil
	})
	s.types("n", "n")
	s.until(t, "✓ RIGHT")
	s.types("p", "n") // it is known
	s.untilSo(t, "the list", func() bool { return strings.Contains(s.look(), "▸ ✓ 1.3") })
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, []string{"1.3"}, checked)
}

func TestTheWatchGoesWithTheLesson(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1", "1.2")
	first := s.here().Lesson
	s.types("n")
	time.Sleep(20 * time.Millisecond)                       // the watch has begun
	Replace(t, first.Answer(), "package exercise // old\n") // of no interest
	s.save(t, "package exercise // new\n")
	s.until(t, "▸ ✓ 1.2")
	assert.Contains(t, s.look(), "  ~ 1.1", "it is begun, and not checked")
}

func TestNothingTicksWhenNothingHappens(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1")
	s.types("c")
	s.until(t, "✓ RIGHT")
	idle := time.After(400 * time.Millisecond)
	for waiting := true; waiting; {
		select {
		case msg := <-s.msgs:
			s.happens(msg)
		case <-idle:
			waiting = false
		}
	}
	assert.LessOrEqual(t, s.ticks, 1, "the tick that was under way when the check ended")
	assert.False(t, s.ticking)
}

func TestACheckThatCannotBeRunSaysWhy(t *testing.T) {
	t.Parallel()
	s := play(t, func(context.Context, course.Lesson, func(course.Test)) (course.Result, error) {
		return course.Result{}, errors.New("exercise.go is gone; reset brings it back")
	}, "1.1")
	s.types("c")
	s.until(t, "✗ could not be checked")
	assert.Contains(t, s.look(), "exercise.go is gone; reset brings it back")
}

func TestTestsThatBreakOffSayWhyAndRepeatNothing(t *testing.T) {
	t.Parallel()
	s := play(t, func(context.Context, course.Lesson, func(course.Test)) (course.Result, error) {
		return course.Result{NotCompiled: true, Broken: "exercise_test.go:1:2: undefined: Every\nexercise_test.go:2:2: undefined: Every\nexercise_test.go:3:2: undefined: Every\nexercise/exercise.go:2:1: syntax error"}, nil
	}, "1.1")
	s.save(t, "package exercise\n<<<<<<< ours\n")
	s.types("c")
	s.until(t, "✗ does not compile: exercise.go:2")
	for _, text := range []string{"undefined: Every", "and 2 more that say the same", "syntax error", "2 │ <<<<<<< ours", "git's marks"} {
		assert.Contains(t, s.look(), text)
	}
	assert.Equal(t, 1, strings.Count(s.look(), "undefined: Every"))
}

func TestHintsComeOneByOneAndThenTheSolution(t *testing.T) {
	t.Parallel()
	s := play(t, found(fails1), "1.1")
	hints := s.here().Hints()
	s.types("h")
	assert.Contains(t, s.look(), "Hint 1 of 3")
	assert.NotContains(t, s.look(), hints[1].Title)
	s.types("h", "esc", "h")
	assert.Contains(t, s.look(), "This was the last hint")
	s.types("s")
	assert.Contains(t, s.look(), "From your answer to the solution")
	p, _ := learner.Load(s.root)
	assert.Equal(t, 3, p.Of(s.here().Lesson).Hints, "it is kept")
}

func TestTheSolutionIsShownWhenAskedTwice(t *testing.T) {
	t.Parallel()
	s := play(t, found(fails1), "1.1")
	s.types("s")
	assert.Contains(t, s.look(), "! There are hints left")
	s.types("s")
	assert.Contains(t, s.look(), "From your answer to the solution")
}

func TestResetAsksAndKeepsACopy(t *testing.T) {
	t.Parallel()
	s := play(t, found(fails1), "1.1")
	s.save(t, "package exercise // mine\n")
	s.types("x")
	assert.Contains(t, s.look(), "Reset this exercise?")
	s.types("esc")
	assert.Contains(t, s.look(), "Nothing was changed.")
	assert.Equal(t, "package exercise // mine\n", source(s.here().Lesson))
	s.types("x", "y")
	assert.Contains(t, s.look(), "Your answer is kept in\n   .workshop/kept/part1-tasks-01-create-task-")
	assert.False(t, s.here().Begun())
	kept, err := filepath.Glob(filepath.Join(s.root, ".workshop", "kept", "*", "*.go"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	assert.Equal(t, "package exercise // mine\n", Read(t, kept[0]))
}

func TestTheGalleryOpensWithGreen(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1")
	s.types("w")
	assert.Contains(t, s.look(), "! The gallery opens when your answer is right.")
	s.save(t, "package exercise\n")
	s.types("c")
	s.until(t, "✓ RIGHT")
	s.types("w")
	assert.Contains(t, s.look(), "wrong answers that people write")
	first := s.here().Gallery()[0]
	for _, text := range []string{first.Says, first.File, "-        if err := f(ctx); err != nil {", "+            go f(ctx)"} {
		assert.Contains(t, s.look(), text)
	}
}

func TestTheListFindsLessons(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes), "1.1", "1.2", "2.1")
	s.types("l", "CANCx", "backspace")
	assert.Contains(t, s.look(), "Lessons: CANC")
	assert.Contains(t, s.look(), "▸ · 1.2 Cancel a task")
	assert.NotContains(t, s.look(), "2.1 Queue")
	s.types("zz")
	assert.Contains(t, s.look(), "no lesson has this in its name or title")
	s.types("enter")
	assert.Contains(t, s.look(), "Lessons: CANCzz", "there is nothing to go to")
	s.types("esc", "l", "down", "down", "down", "enter")
	assert.Contains(t, s.look(), "2.1  Queue")
}

func TestAProgressThatCannotBeKeptIsOneLine(t *testing.T) {
	t.Parallel()
	root := Workshop(t, "1.1", "1.2")
	Write(t, filepath.Join(root, ".workshop"), "a file where a folder should be")
	s := playIn(t, root, found(passes))
	s.types("h", "h")
	assert.Contains(t, s.look(), "Hint 2 of 3", "hints go on all the same")
	assert.Contains(t, s.look(), "! that you saw this hint is not kept: ")
	s.save(t, "package exercise\n")
	s.types("esc", "c")
	s.until(t, "! this check is not kept: ")
	assert.Contains(t, s.look(), "✓ RIGHT")
	s.types("n", "h", "esc", "p")
	assert.Contains(t, s.look(), "▸ ✓ 1.1", "it is known all the same")
	s.types("w")
	assert.Contains(t, s.look(), "wrong answers that people write")
}

func TestABrokenProgressIsSetAsideWithALine(t *testing.T) {
	t.Parallel()
	root := Workshop(t, "1.1")
	require.NoError(t, os.Mkdir(filepath.Join(root, ".workshop"), 0o755))
	Write(t, learner.File(root), "{")
	s := playIn(t, root, found(passes))
	assert.Contains(t, s.look(), "! .workshop/progress.json is broken; it is now .workshop/progress-")
	s.types("?")
	assert.NotContains(t, s.look(), "is broken", "a key takes it away")
}

func TestQuitEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	for _, key := range []tea.KeyPressMsg{{Code: 'q', Text: "q"}, {Code: 'c', Mod: tea.ModCtrl}} {
		begun, ended := make(chan struct{}), make(chan struct{})
		s := play(t, func(ctx context.Context, _ course.Lesson, _ func(course.Test)) (course.Result, error) {
			close(begun)
			<-ctx.Done()
			close(ended)
			return course.Result{}, context.Cause(ctx)
		}, "1.1")
		s.types("c")
		s.until(t, "checking, ")
		<-begun
		s.happens(key)
		s.untilSo(t, "the end", func() bool { return s.quit })
		<-ended
	}
}

func TestEveryLineFitsTheTerminal(t *testing.T) {
	t.Parallel()
	s := play(t, found(passes, fails1), "1.1", "1.2", "2.1", "2.7", "3.1")
	s.save(t, "package exercise\n")
	for _, size := range []tea.WindowSizeMsg{{Width: 60, Height: 16}, {Width: 80, Height: 24}, {Width: 100, Height: 30}, {Width: 140, Height: 45}, {Width: 300, Height: 90}} {
		s.happens(size)
		for _, keys := range []string{"", "c", "h", "s", "s", "v", "?", "l", "x", "w", "nnnn", "v"} {
			s.types(keys)
			lines := strings.Split(s.look(), "\n")
			assert.Len(t, lines, size.Height, "%v %q", size, keys)
			for _, line := range lines {
				assert.LessOrEqual(t, ansi.StringWidth(line), size.Width, "%v %q: %s", size, keys, line)
			}
			s.types("esc")
		}
		s.types("l", "1.1", "enter")
	}
	s.happens(tea.WindowSizeMsg{Width: 20, Height: 5})
	assert.Equal(t, "20 x 5 is too small: make it 60 x 16, or q.", s.look())
}

func TestMarkdownIsSetForTheScreen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"a paragraph", "one two\nthree **four** five", "one two three four\nfive"},
		{"paragraphs", "one\n\n\ntwo", "one\n\ntwo"},
		{"code and links", "`a` [b `c`](d) *e*\n![f](g)", "a b c e [a picture:\nf]"},
		{"a list", "- one two three four five\n  six\n- seven", "- one two three four\n  five six\n- seven"},
		{"code in bold", "**a `b` c**", "a b c"},
		{"a fence", "x\n```go\na **b**\n\tc\n```\ny", "x\n  a **b**\n      c\ny"},
		{"a table", "| | in Go |\n|---|---|\n| c | `d` |\n| e | one two three four |\n\nx", "c\n  in Go │ d\ne\n  in Go │ one two\n        │ three four\n\nx"},
		{"a heading", "## What differs\n\nx", "What differs\n\nx"},
	} {
		assert.Equal(t, c.want, ansi.Strip(markdown(c.text, 20)), c.name)
	}
}
