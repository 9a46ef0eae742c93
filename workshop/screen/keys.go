package screen

import (
	"strings"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// A binding is a key as the foot and the help show it.
type binding struct{ key, short, long string }

var bindings = []binding{
	{"↑ ↓", "lesson", "the previous lesson, the next one; so do p and n"},
	{"v", "read", "read the lesson's page"},
	{"r", "watch", "watch the lesson's story"},
	{"c", "check", "check your answer now; each save does, too"},
	{"m", "more", "all that the tests said, as they said it"},
	{"h", "hint", "the next hint"},
	{"s", "solution", "what the solution does otherwise: when you are right, after the last hint, or asked twice"},
	{"o", "write", "write your answer: opens it in your editor, at the line of the first failure"},
	{"x", "reset", "put the exercise back to its beginning; asks first, and keeps a copy"},
	{"w", "gallery", "wrong answers that people write, once you are right"},
	{"l", "list", "all lessons, with search"},
	{"?", "help", "this help"},
	{"q", "quit", "quit; so does Ctrl-C"},
}

// scrolling are the keys that move a text; the help names them. Over the
// lesson, ↑ and ↓ move it, too.
const scrolling = "j k  space b  PgDn PgUp  Home End"

// key does what a key is for.
func (m *model) key(msg tea.KeyPressMsg) tea.Cmd {
	k := msg.String()
	if k == "ctrl+c" {
		return m.quit()
	}
	m.note = ""
	if m.over != nil && m.over.key != nil {
		if cmd, done := m.over.key(m, msg); done {
			return cmd
		}
	}
	if m.over == nil && (k == "up" || k == "down") {
		k = map[string]string{"up": "p", "down": "n"}[k]
	}
	if scroll(m.text(), k) {
		return nil
	}
	switch k {
	case "q":
		return m.quit()
	case "ctrl+z":
		return tea.Suspend
	case "esc", "enter":
		m.close()
	case "n", "right":
		return m.move(1)
	case "p", "left":
		return m.move(-1)
	case "r":
		return m.tell()
	case "c":
		m.close()
		if !m.exercised() {
			return nil
		}
		return m.check()
	case "m":
		m.more()
	case "h":
		m.hint()
	case "s":
		m.solution()
	case "o":
		return m.edit()
	case "x":
		m.askReset()
	case "w":
		m.gallery()
	case "l", "/":
		m.list()
	case "v":
		m.page()
	case "?":
		m.help()
	default:
		m.notice("no such key: %s; ? shows which there are", k)
	}
	return nil
}

// exercised reports whether the lesson in view has an exercise; it says so if not.
func (m *model) exercised() bool {
	if m.here().HasExercise() {
		return true
	}
	m.notice("%s has no exercise; r tells its story", m.here().ID())
	return false
}

// text is what the keys of [scrolling] move.
func (m *model) text() *viewport.Model {
	if m.over != nil {
		return &m.over.view
	}
	return &m.body
}

func scroll(v *viewport.Model, key string) bool {
	switch key {
	case "up", "k":
		v.ScrollUp(1)
	case "down", "j":
		v.ScrollDown(1)
	case "pgup", "b":
		v.PageUp()
	case "pgdown", "space":
		v.PageDown()
	case "home", "g":
		v.GotoTop()
	case "end", "G":
		v.GotoBottom()
	default:
		return false
	}
	return true
}

// wheel scrolls what is read.
func (m *model) wheel(msg tea.MouseWheelMsg) {
	switch msg.Button {
	case tea.MouseWheelUp:
		m.text().ScrollUp(3)
	case tea.MouseWheelDown:
		m.text().ScrollDown(3)
	}
}

// click goes to the lesson in the list that was clicked on.
func (m *model) click(msg tea.MouseClickMsg) tea.Cmd {
	l := m.layout()
	if m.small() || msg.X >= l.list || msg.Y < 1 || msg.Y > l.rows {
		return nil
	}
	row := ansi.Strip(at(m.listLines(l.list, l.rows), msg.Y-1))
	for i, lesson := range m.lessons {
		if strings.Contains(row, " "+lesson.ID()+" ") {
			return m.open(i)
		}
	}
	return nil
}

// foot is the keys that do something now, in lines of up to so many columns.
func (m *model) foot() []string {
	if m.over != nil && m.over.own != nil {
		return footOf(m.over.own, m.width)
	}
	return footOf(bindings, m.width)
}

func footOf(keys []binding, width int) []string {
	var lines []string
	line := ""
	used := 0
	for _, b := range keys {
		item := lipgloss.Width(b.key) + 1 + lipgloss.Width(b.short)
		if used > 0 && used+2+item > width-2 {
			lines, line, used = append(lines, line), "", 0
		}
		if used > 0 {
			line += "  "
			used += 2
		}
		line += bold.Render(b.key) + " " + faint.Render(b.short)
		used += item
	}
	lines = append(lines, line)
	for i, l := range lines {
		lines[i] = " " + strings.TrimRight(l, " ")
	}
	return lines
}
