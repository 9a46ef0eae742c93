package screen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
	"example.com/asyncio-to-go/workshop/lesson"
)

// An entry is a lesson as the list shows it; what takes time to find out is
// found out once.
type entry struct {
	course.Lesson
	title   string
	minutes int
	state   learner.State
}

// A model is all that the screen shows and knows.
type model struct {
	crew    *crew
	send    func(tea.Msg)                                                                  // tells the program what happened beside it
	after   func(time.Duration, tea.Msg) tea.Cmd                                           // tells the program something later
	tests   func(context.Context, course.Lesson, func(course.Test)) (course.Result, error) // runs an exercise's tests
	telling func(course.Lesson) *lesson.Telling                                            // what a lesson's story says; nil if that is not known

	progress *learner.Progress
	parts    []course.Part
	lessons  []entry
	at       int // the lesson in view
	visits   int // how many lessons came into view

	outcomes map[string]*outcome // what the last check of a lesson's folder has found

	run     *run               // the check under way
	story   *story             // the story that is being told
	unwatch context.CancelFunc // ends the watch over the exercise in view
	ticking bool               // a tick will come
	spin    int                // ticks so far

	width, height int
	body          viewport.Model // the lesson in view
	over          *overlay       // what lies over it
	note          string         // a line at the foot, until the next key
}

var errEmpty = errors.New("this workshop has no lessons")

// newModel reads the workshop in root. Its crew does what takes time.
func newModel(root string, crew *crew) (*model, error) {
	parts, err := course.Parts(root)
	if err != nil {
		return nil, err
	}
	m := &model{
		crew:  crew,
		send:  func(tea.Msg) {},
		after: func(d time.Duration, msg tea.Msg) tea.Cmd { return tea.Tick(d, func(time.Time) tea.Msg { return msg }) },
		tests: func(ctx context.Context, l course.Lesson, each func(course.Test)) (course.Result, error) {
			return l.CheckExercise(ctx, each)
		},
		telling:  tellingOf,
		parts:    parts,
		outcomes: make(map[string]*outcome),
		unwatch:  func() {},
		body:     viewport.New(),
	}
	m.progress, m.note = learner.Load(root)
	for _, p := range parts {
		for _, l := range p.Lessons {
			m.lessons = append(m.lessons, entry{Lesson: l, title: l.Title(), minutes: l.Minutes(), state: m.progress.State(l)})
		}
	}
	if len(m.lessons) == 0 {
		return nil, errEmpty
	}
	m.at = m.next()
	return m, nil
}

// next is the first lesson whose exercise is not right yet, or the first one.
func (m *model) next() int {
	for i, l := range m.lessons {
		if l.state != learner.None && l.state != learner.Right {
			return i
		}
	}
	return 0
}

func (m *model) here() *entry { return &m.lessons[m.at] }

// refresh reads again how far the learner is: files may have changed.
func (m *model) refresh() {
	for i := range m.lessons {
		m.lessons[i].state = m.progress.State(m.lessons[i].Lesson)
	}
}

// notice shows a line at the foot until the next key.
func (m *model) notice(format string, args ...any) { m.note = fmt.Sprintf(format, args...) }

// Init begins with the lesson that is next.
func (m *model) Init() tea.Cmd { return m.visit() }

// Update takes in what happened.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.happened(msg)
	m.compose()
	return m, cmd
}

func (m *model) happened(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg)
	case tea.MouseClickMsg:
		return m.click(msg)
	case settledMsg:
		return m.settled(msg)
	case savedMsg:
		return m.saved(msg)
	case checkedMsg:
		return m.checked(msg)
	case tickMsg:
		return m.ticked()
	case toldMsg:
		m.told(msg)
	case editedMsg:
		m.edited(msg)
	}
	return nil
}

// open goes to a lesson, by its place in the list.
func (m *model) open(at int) tea.Cmd {
	m.at = at
	return m.visit()
}

func (m *model) move(by int) tea.Cmd {
	switch to := m.at + by; {
	case to < 0:
		m.notice("this is the first lesson")
		return nil
	case to >= len(m.lessons):
		m.notice("this is the last lesson")
		return nil
	default:
		return m.open(to)
	}
}

func (m *model) quit() tea.Cmd {
	m.stopCheck()
	m.stopStory()
	m.unwatch()
	return tea.Quit
}
