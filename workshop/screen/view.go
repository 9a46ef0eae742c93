package screen

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// The smallest terminal that the screen fits into.
const (
	LeastWidth  = 60
	LeastHeight = 16
)

// readable is the widest that a text is set.
const readable = 100

// A layout is which part of the screen takes how much of it.
type layout struct {
	list int // columns of the list, 0 where there is no room for it
	text int // columns of what is read
	rows int // of both
}

func (m *model) layout() layout {
	l := layout{list: min(max(m.width*34/100, 26), 44), rows: m.height - 2 - len(m.status()) - len(m.foot())}
	l.text = m.width - l.list - 3
	if m.over != nil && l.text < 76 { // an overlay needs the room more than the list does
		l.list, l.text = 0, m.width-2
	}
	return l
}

func (m *model) small() bool { return m.width < LeastWidth || m.height < LeastHeight }

// compose sets the texts anew, for another size or another content.
func (m *model) compose() {
	if m.small() {
		return
	}
	l := m.layout()
	if o := m.over; o != nil {
		width := min(l.text, readable)
		o.above = nil
		if o.top != nil {
			if above := o.top(width); len(above) <= l.rows*2/3 { // else there is no room for both
				o.above = above
			}
		}
		bottom := o.view.AtBottom()
		o.view.SetWidth(l.text)
		o.view.SetHeight(l.rows - 2 - len(o.above))
		if o.changes || o.width != width { // what does not change is set once
			o.view.SetContent(o.text(width))
			o.width = width
		}
		switch {
		case o.line != nil:
			o.view.EnsureVisible(o.line(), 0, 0)
		case o.tail && bottom:
			o.view.GotoBottom()
		}
		return
	}
	m.body.SetWidth(l.text)
	m.body.SetHeight(l.rows - 3)
	m.body.SetContent(m.lessonText(min(l.text, readable)))
}

// View draws the screen.
func (m *model) View() tea.View {
	v := tea.NewView("")
	v.AltScreen = true
	v.WindowTitle = "asyncio-to-go"
	v.MouseMode = tea.MouseModeCellMotion // the wheel would be ↑ and ↓, which choose a lesson
	switch {
	case m.width == 0: // not known yet
	case m.small():
		v.SetContent(fmt.Sprintf("%d x %d is too small: make it %d x %d, or q.", m.width, m.height, LeastWidth, LeastHeight))
	default:
		v.SetContent(m.draw())
		if m.over != nil && m.over.typed != nil {
			l := m.layout()
			x := l.list + 1 + lipgloss.Width(m.over.title) + 2 + lipgloss.Width(m.over.typed())
			if l.list > 0 {
				x += 2
			}
			v.Cursor = tea.NewCursor(x, 1)
		}
	}
	return v
}

func (m *model) draw() string {
	l := m.layout()
	var right []string
	if m.over != nil {
		right = m.overLines()
	} else {
		right = m.lessonLines(l.text)
	}
	var left []string
	if l.list > 0 {
		left = m.listLines(l.list, l.rows)
	}
	rows := []string{m.title()}
	for i := range l.rows {
		row := " "
		if l.list > 0 {
			row = fit(at(left, i), l.list) + faint.Render("│") + " "
		}
		rows = append(rows, row+fit(at(right, i), l.text))
	}
	rows = append(rows, m.rule(l))
	rows = append(rows, m.status()...)
	rows = append(rows, m.foot()...)
	return strings.Join(rows, "\n")
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// fit cuts a line, or fills it up, to a width.
func fit(line string, width int) string {
	line = ansi.Truncate(line, width, "…")
	return line + strings.Repeat(" ", max(0, width-lipgloss.Width(line)))
}

func (m *model) title() string {
	exercises, right := 0, 0
	for _, l := range m.lessons {
		if l.state != learner.None {
			exercises++
		}
		if l.state == learner.Right {
			right++
		}
	}
	count := fmt.Sprintf("%d of %d right ", right, exercises)
	return bold.Render(fit(" asyncio-to-go", m.width-len(count))) + count
}

// rule divides the screen from its foot, and says whether there is more to read.
func (m *model) rule(l layout) string {
	more := ""
	if text := m.text(); !text.AtBottom() || !text.AtTop() {
		more = " the end "
		if !text.AtBottom() {
			more = " ↓ more: space "
		}
	}
	line := strings.Repeat("─", max(0, m.width-lipgloss.Width(more)-2))
	if l.list > 0 && l.list < m.width-lipgloss.Width(more)-2 {
		line = strings.Repeat("─", l.list) + "┴" + strings.Repeat("─", m.width-lipgloss.Width(more)-3-l.list)
	}
	return faint.Render(line) + more + faint.Render("──")
}

// status stands above the keys: what happened, or what is being waited for.
func (m *model) status() []string {
	if m.note != "" {
		note := wrap(plain(m.note), m.width-1, " "+warn.Render("!")+" ", "   ")
		lines := strings.Split(note, "\n")
		return lines[:min(3, len(lines))]
	}
	return []string{m.waiting()}
}

func (m *model) waiting() string {
	switch l := m.here(); {
	case m.over != nil:
		left, right := " "+m.over.foot, ""
		if m.state() != "" {
			right = m.state() + " "
		}
		return fit(left, m.width-lipgloss.Width(right)) + right
	case l.state == learner.None:
		return fit(" "+faint.Render("no exercise here: ↓ goes on"), m.width)
	default:
		return fit(" "+faint.Render("each save is checked: ")+l.Exercise(), m.width)
	}
}

var spinner = []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

// state says in a line how the exercise in view stands.
func (m *model) state() string {
	l := m.here()
	switch known := m.outcomes[l.Dir]; {
	case m.run != nil:
		return warn.Render(string(spinner[m.spin%len(spinner)]) + " " + m.run.progress())
	case known != nil:
		return known.summary()
	case l.state == learner.None:
		return ""
	default:
		return mark(l.state) + " " + word(l.state)
	}
}

func (m *model) lessonLines(width int) []string {
	l := m.here()
	heading := bold.Render(l.ID() + "  " + l.title)
	if l.minutes > 0 {
		heading += faint.Render(fmt.Sprintf("  %d min", l.minutes))
	}
	return append([]string{fit(heading, width), m.state(), ""}, strings.Split(m.body.View(), "\n")...)
}

func (m *model) overLines() []string {
	title := bold.Render(m.over.title)
	if m.over.typed != nil {
		title += ": " + m.over.typed()
	}
	return append(append([]string{title, ""}, m.over.above...), strings.Split(m.over.view.View(), "\n")...)
}

// listLines are the parts and their lessons. Where there is no room for all,
// only the part in view is open.
func (m *model) listLines(width, rows int) []string {
	every := func(course.Part) bool { return true }
	all := m.listOf(width, every, true)
	if len(all) > rows {
		all = m.listOf(width, every, false)
	}
	if len(all) > rows {
		all = m.listOf(width, func(p course.Part) bool { return p.Number == m.here().Part }, false)
	}
	return all
}

func (m *model) listOf(width int, open func(course.Part) bool, airy bool) []string {
	var lines []string
	for _, p := range m.parts {
		if len(p.Lessons) == 0 {
			continue
		}
		if airy && len(lines) > 0 {
			lines = append(lines, "")
		}
		right, exercises := 0, 0
		for _, l := range m.lessons {
			if l.Part == p.Number && l.state != learner.None {
				exercises++
				if l.state == learner.Right {
					right++
				}
			}
		}
		count := fmt.Sprintf(" %d/%d ", right, exercises)
		lines = append(lines, bold.Render(fit(fmt.Sprintf(" %d %s", p.Number, p.Title), width-len(count)))+faint.Render(count))
		if !open(p) {
			continue
		}
		for i, l := range m.lessons {
			if l.Part == p.Number {
				lines = append(lines, m.row(l, i == m.at, width-1, false))
			}
		}
	}
	return lines
}

// row is a lesson in a list; where there is room, with its state in words.
func (m *model) row(l entry, chosen bool, width int, words bool) string {
	text := fmt.Sprintf("%s %s", l.ID(), l.title)
	state := mark(l.state)
	if i := m.at; m.run != nil && m.lessons[i].Lesson == l.Lesson {
		state = string(spinner[m.spin%len(spinner)])
	}
	if words {
		text = fit(text, max(20, width-30)) + " " + word(l.state)
	}
	if !chosen {
		return fit("  "+state+" "+text, width)
	}
	return reverse.Render(fit("▸ "+ansi.Strip(state)+" "+text, width))
}
