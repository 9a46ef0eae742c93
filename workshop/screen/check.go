package screen

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
	"example.com/asyncio-to-go/workshop/lesson"
)

// settles is how long a lesson must stay in view until its exercise is checked:
// a learner on the way to another lesson needs no check of it.
const settles = 250 * time.Millisecond

// A run is a check under way.
type run struct {
	lesson course.Lesson
	stop   context.CancelFunc
	began  time.Time

	mu      sync.Mutex // guards the below
	found   outcome
	running string    // the test that has begun and not ended
	since   time.Time // when it began, or the one before ended
	raced   bool      // the tests run again, under the race detector
}

// add takes in a test that has begun or ended. It never waits for the screen,
// which may be an editor's for the time being.
func (r *run) add(t course.Test) {
	told := tell(r.lesson, t)
	r.mu.Lock()
	defer r.mu.Unlock()
	known := slices.IndexFunc(r.found.Tests, func(other course.Test) bool { return other.Name == t.Name })
	r.since, r.running = time.Now(), ""
	switch {
	case t.Running:
		r.running, r.raced = t.Name, r.raced || known >= 0
	case known >= 0:
		r.found.Tests[known], r.found.told[known] = t, told
	default:
		r.found.Tests, r.found.told = append(r.found.Tests, t), append(r.found.told, told)
	}
}

// soFar is what the tests that have ended have found.
func (r *run) soFar() *outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &outcome{Result: course.Result{Tests: slices.Clone(r.found.Tests)}, told: slices.Clone(r.found.told)}
}

// progress says how far the check is.
func (r *run) progress() string {
	count := make(map[string]int)
	tests := r.soFar().Tests
	for _, t := range tests {
		count[t.State()]++
	}
	s := fmt.Sprintf("checking, %.1f s: ", time.Since(r.began).Seconds())
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(tests) > 0 {
		s += fmt.Sprintf("%d right, %d wrong", count[course.OK], count[course.Wrongly])
	}
	long := time.Since(r.since) > takesLong
	switch {
	case len(tests) == 0 && r.running == "":
		s += "compiling"
	case len(tests) == 0:
		s += "running " + course.Test{Name: r.running}.Sentence()
	case r.raced:
		s += "; now under the race detector"
	case long && r.running != "":
		s += "; running " + course.Test{Name: r.running}.Sentence()
	case long && count[course.OK] == len(tests):
		s += "; compiling for the race detector"
	}
	return s
}

// takesLong is when to say what a check waits for.
const takesLong = time.Second

// An outcome is what a check has found.
type outcome struct {
	course.Result
	err      error    // why it could not be run
	told     []saying // for each test
	broke    saying   // Broken
	conflict bool     // git's marks are in the file
	source   string   // what was checked
}

// A saying is what a test or the compiler says, made ready once for the screen,
// which draws it at each key.
type saying struct {
	text   string              // folded, where it is long
	words  string              // without the places in the tests
	quoted []course.SourceLine // the learner's lines that it names, as they were then
	run    *lesson.Run         // what the answer did in the test; nil if the test does not tell
}

// tell makes ready what a test says.
func tell(l course.Lesson, t course.Test) saying {
	if t.Passed {
		return saying{}
	}
	t.Message = fold(t.Message)
	return saying{text: t.Message, words: t.Words(), quoted: l.Quoted(t.Message), run: t.OwnRun()}
}

// fold leaves out the middle of a long message.
func fold(message string) string { return shorten(message, 30, 6, "more lines: m shows more") }

// shorten is a text's first and last lines, and between them how many were left out.
func shorten(text string, first, last int, rest string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	more := len(lines) - first - last
	if more < 2 {
		return text
	}
	return strings.Join(lines[:first], "\n") + fmt.Sprintf("\n… %d %s\n", more, rest) + strings.Join(lines[len(lines)-last:], "\n")
}

type checkedMsg struct {
	run     *run
	outcome outcome
}

// check begins to check the lesson in view, and ends the check under way: it
// is of no use any more.
func (m *model) check() tea.Cmd {
	m.stopCheck()
	l := m.here().Lesson
	if !l.HasExercise() {
		return nil
	}
	r := &run{lesson: l, began: time.Now()}
	var work tea.Cmd
	work, r.stop = m.crew.task(func(ctx context.Context) tea.Msg {
		found := outcome{source: source(l)}
		found.Result, found.err = m.tests(ctx, l, r.add)
		for _, t := range found.Tests {
			found.told = append(found.told, tell(l, t))
		}
		found.broke = saying{text: fold(found.Broken), quoted: l.Quoted(fold(found.Broken))}
		found.conflict = l.Conflict()
		return checkedMsg{r, found}
	})
	m.run = r
	return tea.Batch(work, m.tick())
}

func (m *model) stopCheck() {
	if m.run != nil {
		m.run.stop()
		m.run = nil
	}
}

// checked takes in what a check has found, unless another one has begun since.
func (m *model) checked(msg checkedMsg) tea.Cmd {
	if msg.run != m.run {
		return nil
	}
	m.run = nil
	l := msg.run.lesson
	if msg.outcome.source != source(l) { // it was saved meanwhile: what was found may be about neither
		return m.check()
	}
	m.outcomes[l.Dir] = &msg.outcome
	if msg.outcome.err == nil {
		if err := m.progress.Checked(l, msg.outcome.Result); err != nil {
			m.notice("this check is not kept: %v", err)
		}
	}
	m.refresh()
	m.body.GotoTop()
	return nil
}

// more shows all that the tests of the last check said.
func (m *model) more() {
	known := m.outcomes[m.here().Dir]
	if known == nil {
		m.notice("nothing was checked yet: c checks your answer")
		return
	}
	m.show(overlay{title: "All that the tests said in the last check", text: func(width int) string {
		var b strings.Builder
		if known.Broken != "" {
			b.WriteString(raw(known.Broken, width) + "\n\n")
		}
		for _, t := range known.Tests {
			if t.Message != "" && t.Message != known.Broken {
				b.WriteString(testMark(t) + " " + bold.Render(t.Name) + "\n" + raw(strings.TrimSpace(t.Message+"\n\n"+t.Raw), width) + "\n\n")
			}
		}
		if b.Len() == 0 {
			return faint.Render("They said nothing.")
		}
		return strings.TrimRight(b.String(), "\n")
	}})
}

// raw is a text as it came, in lines that fit, as far as a person will read and
// a key can wait for.
func raw(text string, width int) string {
	return ansi.Wrap(plain(shorten(text, 900, 100, "more lines")), width, "")
}

// source is the learner's file; empty if it cannot be read.
func source(l course.Lesson) string {
	text, _ := os.ReadFile(l.Answer()) // a check says so when it is gone
	return string(text)
}

type (
	// savedMsg says that the exercise of a lesson was saved.
	savedMsg struct{ lesson course.Lesson }
	// settledMsg says that a lesson is in view for a while.
	settledMsg struct{ visit int }
)

// visit is what to do when a lesson comes into view: watch its exercise and, if
// it is not known how it stands, check it.
func (m *model) visit() tea.Cmd {
	m.visits++
	m.stopCheck()
	m.unwatch()
	m.refresh()
	m.close()
	m.body.GotoTop()
	l := m.here().Lesson
	if !l.HasExercise() {
		return nil
	}
	visit := m.visits
	return tea.Batch(m.watch(l), m.after(settles, settledMsg{visit}))
}

// settled checks the exercise in view, unless it is not begun or its last
// check still holds.
func (m *model) settled(msg settledMsg) tea.Cmd {
	l := m.here().Lesson
	if msg.visit != m.visits || m.run != nil || !l.Begun() {
		return nil
	}
	if known := m.outcomes[l.Dir]; known != nil && known.err == nil && known.source == source(l) {
		return nil
	}
	return m.check()
}

// watch tells of each save of a lesson's exercise until unwatch is called.
func (m *model) watch(l course.Lesson) tea.Cmd {
	cmd, stop := m.crew.task(func(ctx context.Context) tea.Msg {
		_ = learner.Watch(ctx, l, func() { m.send(savedMsg{l}) }) // it ends with ctx
		return nil
	})
	m.unwatch = stop
	return cmd
}

func (m *model) saved(msg savedMsg) tea.Cmd {
	if msg.lesson != m.here().Lesson {
		return nil
	}
	return m.check()
}

// frame is how often the screen changes while something is under way.
const frame = 100 * time.Millisecond

type tickMsg struct{}

// tick wakes the screen while something is under way, and never else.
func (m *model) tick() tea.Cmd {
	if m.ticking {
		return nil
	}
	m.ticking = true
	return m.after(frame, tickMsg{})
}

func (m *model) ticked() tea.Cmd {
	m.ticking = false
	if m.run == nil && m.story == nil {
		return nil
	}
	m.spin++
	return m.tick()
}
