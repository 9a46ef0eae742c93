package screen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"example.com/asyncio-to-go/workshop/learner"
)

// An overlay lies over the lesson until Esc.
type overlay struct {
	title string
	foot  string                                        // what its own keys are
	text  func(width int) string                        // drawn anew when the width changes
	key   func(*model, tea.KeyPressMsg) (tea.Cmd, bool) // its own keys; nil if it has none
	own   []binding                                     // all keys that do something here; nil if it takes none away
	typed func() (text string)                          // what was typed, where it asks for text
	top   func(width int) []string                      // lines that stay above the text; nil if there are none
	line  func() int                                    // the line that must be seen; nil if any will do
	tail  bool                                          // it grows at its end, which stays in view

	changes bool // its text is another one each time; else it is set once for each width
	width   int  // for which it is set
	above   []string
	view    viewport.Model
}

// show lays an overlay over the lesson.
func (m *model) show(o overlay) {
	m.stopStory()
	o.view = viewport.New()
	o.foot = cmp.Or(o.foot, "Esc back")
	m.over = &o
}

// close takes away what lies over the lesson.
func (m *model) close() {
	m.stopStory()
	m.over = nil
}

func (m *model) help() {
	m.show(overlay{title: "Help", text: func(width int) string {
		var b strings.Builder
		for _, k := range bindings {
			b.WriteString(wrap(k.long, width, bold.Render(fmt.Sprintf("%-5s", k.key)), "     ") + "\n")
		}
		b.WriteString("\n" + markdown("A long text is moved by "+scrolling+" and by the mouse's wheel. Esc closes what lies over the lesson. With Shift held, the mouse selects text.", width) + "\n\n")
		b.WriteString(markdown("Write your answer in your own editor, beside this screen. **Each save is checked**, and nothing else is: not each "+
			"letter, and no lesson but the one in view. It never moves on by itself.", width) + "\n\n")
		for _, s := range []learner.State{learner.NotBegun, learner.Begun, learner.Wrong, learner.Right, learner.None} {
			b.WriteString(mark(s) + " " + word(s) + "\n")
		}
		b.WriteString("\n" + markdown("What you have done is kept in `.workshop`, which git ignores, and so is a copy of each answer that you reset.", width))
		return b.String()
	}})
}

// hint shows one more hint than before.
func (m *model) hint() {
	l := m.here().Lesson
	hints := l.Hints()
	if len(hints) == 0 {
		m.notice("the page of %s has no hints", l.ID())
		return
	}
	shown := min(m.progress.Of(l).Hints+1, len(hints))
	if err := m.progress.Update(l, func(d *learner.Done) { d.Hints = shown }); err != nil {
		m.notice("that you saw this hint is not kept: %v", err)
	}
	last := shown == len(hints)
	o := overlay{title: fmt.Sprintf("Hint %d of %d", shown, len(hints)), foot: "h next hint  Esc back"}
	if last {
		o.foot = "s solution  Esc back"
	}
	o.text = func(width int) string {
		var b strings.Builder
		for i, h := range slices.Backward(hints[:shown]) { // the new one on top
			b.WriteString(bold.Render(fmt.Sprintf("%d. %s", i+1, h.Title)) + "\n\n" + markdown(h.Text, width) + "\n\n")
		}
		if last {
			b.WriteString(faint.Render("This was the last hint. s shows the solution."))
		}
		return b.String()
	}
	m.show(o)
}

// solution shows what the solution does otherwise, when it is time, or when it
// is asked for once more.
func (m *model) solution() {
	if !m.exercised() {
		return
	}
	l := m.here().Lesson
	ready := m.progress.MaySeeSolution(l)
	err := m.progress.Update(l, func(d *learner.Done) { d.Asked++ })
	if !ready {
		m.notice("There are hints left: h shows one. Press s again to see the solution all the same.")
		return
	}
	if err != nil {
		m.notice("that you asked is not kept: %v", err)
	}
	diff, err := learner.Compare(l)
	if err != nil {
		m.notice("no solution to show: %v", err)
		return
	}
	if diff == "" {
		m.notice("Your answer is the solution, but for comments.")
		return
	}
	m.show(overlay{title: "From your answer to the solution", text: func(width int) string { return colourDiff(diff, width) }})
}

func (m *model) gallery() {
	if !m.exercised() {
		return
	}
	l := m.here()
	if m.progress.State(l.Lesson) != learner.Right {
		m.notice("The gallery opens when your answer is right.")
		return
	}
	all := l.Gallery()
	m.show(overlay{title: fmt.Sprintf("%s wrong answers that people write", number(len(all))), text: func(width int) string {
		var b strings.Builder
		for i, a := range all {
			b.WriteString(wrap(bold.Render(plain(a.Wrong)), width, bold.Render(fmt.Sprintf("%d. ", i+1)), "   ") + "\n")
			b.WriteString(wrap(bad.Render(plain(a.Says)), width, "   "+faint.Render("the test says: "), "   ") + "\n")
			b.WriteString(wrap(faint.Render(a.File+", against the solution:"), width, "   ", "   ") + "\n\n")
			diff, err := learner.Mistake(l.Lesson, a)
			if err != nil {
				diff = err.Error()
			}
			for line := range strings.Lines(colourDiff(diff, width-3)) {
				b.WriteString("   " + line)
			}
			b.WriteString("\n\n")
		}
		return strings.TrimRight(b.String(), "\n")
	}})
}

func (m *model) askReset() {
	if !m.exercised() {
		return
	}
	l := m.here().Lesson
	if source(l) != "" && !l.Begun() {
		m.notice("It is not begun; there is nothing to reset.")
		return
	}
	m.show(overlay{
		title: "Reset this exercise?", foot: "Reset it?", own: []binding{{key: "y", short: "reset it"}, {key: "any other key", short: "no"}},
		text: func(width int) string {
			return markdown(fmt.Sprintf("`%s` will be as it was at the beginning.\n\nA copy of your answer is kept in `.workshop/kept`; without the copy nothing is changed.\n\n"+
				"**y** resets it. Any other key leaves all as it is.", l.Exercise()), width)
		},
		key: func(m *model, k tea.KeyPressMsg) (tea.Cmd, bool) {
			m.close()
			if k.String() != "y" {
				m.notice("Nothing was changed.")
				return nil, true
			}
			kept, err := learner.Reset(l)
			switch {
			case err != nil:
				m.notice("%v", err)
			case kept == "":
				m.notice("The exercise is as it was at the beginning.")
			default:
				m.notice("The exercise is as it was at the beginning. Your answer is kept in\n%s", kept)
			}
			delete(m.outcomes, l.Dir)
			m.stopCheck()
			m.refresh()
			return nil, true
		},
	})
}

// page shows the lesson's page.
func (m *model) page() {
	l := m.here()
	text := pageOf(l.Lesson)
	if text == "" {
		m.notice("%s/README.md cannot be read", l.Dir)
		return
	}
	m.show(overlay{title: l.Dir + "/README.md", text: func(width int) string {
		return markdownWith(text, width, func(file string, width int) string { return m.picture(l.Lesson, file, width) })
	}})
}

// list shows all lessons, and those that fit what is typed.
func (m *model) list() {
	typed, chosen := "", m.at
	fits := func() []int {
		var places []int
		for i, l := range m.lessons {
			if strings.Contains(strings.ToLower(l.ID()+" "+l.Name()+" "+l.title), strings.ToLower(typed)) {
				places = append(places, i)
			}
		}
		return places
	}
	choose := func(by int) {
		places := fits()
		if at := slices.Index(places, chosen); len(places) > 0 {
			chosen = places[min(max(at+by, 0), len(places)-1)]
		}
	}
	m.show(overlay{
		title: "Lessons", foot: "type to search", changes: true,
		own:   []binding{{key: "↑ ↓", short: "choose"}, {key: "Enter", short: "go there"}, {key: "Backspace", short: "take a letter away"}, {key: "Esc", short: "back"}},
		typed: func() string { return typed },
		line:  func() int { return max(0, slices.Index(fits(), chosen)) },
		text: func(width int) string {
			var b strings.Builder
			for _, i := range fits() {
				b.WriteString(m.row(m.lessons[i], i == chosen, width, true) + "\n")
			}
			if b.Len() == 0 {
				return faint.Render("no lesson has this in its name or title")
			}
			return strings.TrimSuffix(b.String(), "\n")
		},
		key: func(m *model, k tea.KeyPressMsg) (tea.Cmd, bool) {
			switch k.String() {
			case "esc":
				m.close()
				return nil, true
			case "enter":
				if !slices.Contains(fits(), chosen) {
					return nil, true
				}
				return m.open(chosen), true
			case "up", "ctrl+p":
				choose(-1)
			case "down", "ctrl+n":
				choose(1)
			case "pgup":
				choose(-10)
			case "pgdown":
				choose(10)
			case "backspace":
				if letters := []rune(typed); len(letters) > 0 {
					typed = string(letters[:len(letters)-1])
				}
				choose(0)
			default:
				typed += k.Text
				choose(0)
			}
			return nil, true
		},
	})
}
