package screen

import (
	"charm.land/lipgloss/v2"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// The colours are the terminal's own sixteen, which its owner can read on its
// background. What a colour says, a shape or a word says, too.
var (
	bold    = lipgloss.NewStyle().Bold(true)
	faint   = lipgloss.NewStyle().Faint(true)
	code    = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
	good    = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad     = lipgloss.NewStyle().Foreground(lipgloss.Red)
	warn    = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	reverse = lipgloss.NewStyle().Reverse(true)

	taskColours = []lipgloss.Style{
		lipgloss.NewStyle().Foreground(lipgloss.Cyan),
		lipgloss.NewStyle().Foreground(lipgloss.Magenta),
		lipgloss.NewStyle().Foreground(lipgloss.Green),
		lipgloss.NewStyle().Foreground(lipgloss.Blue),
		lipgloss.NewStyle().Foreground(lipgloss.Yellow),
		lipgloss.NewStyle().Foreground(lipgloss.BrightMagenta),
		lipgloss.NewStyle().Foreground(lipgloss.BrightGreen),
		lipgloss.NewStyle().Foreground(lipgloss.BrightBlue),
	}
)

// shape is a state's mark without its colour.
func shape(s learner.State) string {
	switch s {
	case learner.Right:
		return "✓"
	case learner.Wrong:
		return "✗"
	case learner.Begun:
		return "~"
	case learner.NotBegun:
		return "·"
	default:
		return " "
	}
}

// mark is a state's shape in its colour.
func mark(s learner.State) string {
	switch s {
	case learner.Right:
		return good.Render(shape(s))
	case learner.Wrong:
		return bad.Render(shape(s))
	case learner.Begun:
		return warn.Render(shape(s))
	default:
		return shape(s)
	}
}

// word is what a state's mark stands for.
func word(s learner.State) string {
	switch s {
	case learner.None:
		return "no exercise"
	case learner.Begun:
		return "begun, not checked since"
	case learner.Wrong:
		return "not right yet"
	default:
		return string(s)
	}
}

// testMark is a test's mark.
func testMark(t course.Test) string {
	switch t.State() {
	case course.OK:
		return good.Render("✓")
	case course.ToDo:
		return "·"
	case course.Unrun:
		return "–"
	default:
		return bad.Bold(true).Render("✗")
	}
}
