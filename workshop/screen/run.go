package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"example.com/asyncio-to-go/workshop/lesson"
)

// Of what an answer did in a test, the screen shows so many tasks and lines.
const (
	runTasks = 8
	runLines = 12
)

func transcript(lines []lesson.RunLine) lesson.Transcript {
	var said lesson.Transcript
	for _, l := range lines {
		said = append(said, lesson.Line{At: l.At, Task: l.Task, Text: l.Text, Level: l.Level, Waiting: l.Waiting})
	}
	return said
}

// drawRun draws what an answer did in a test that failed: its lanes above those
// of the solution, on one scale, then the lines about the one where it went wrong.
func drawRun(r *lesson.Run, width int) string {
	yours, theirs := transcript(r.Lines), transcript(r.Solution)
	end, names := max(yours.End(), theirs.End()), 0
	for _, l := range slices.Concat(yours, theirs) {
		names = max(names, lipgloss.Width(l.Task))
	}
	lanes := func(title string, said lesson.Transcript) string {
		shown, more := firstTasks(said)
		text := faint.Render(title) + "\n" + shown.Lanes(lesson.View{Width: width, Until: said.End(), End: end, Names: names, Colour: true})
		if more > 0 {
			text += "\n" + faint.Render(fmt.Sprintf("and %d more tasks", more))
		}
		return text + "\n"
	}
	var b strings.Builder
	if r.Scenario != "" {
		b.WriteString(wrap(plain(r.Scenario), width, faint.Render("tried: "), "       ") + "\n")
	}
	b.WriteString(lanes("what your answer did", yours))
	if len(theirs) > 0 {
		b.WriteString(lanes("what the solution does", theirs))
	}
	apart := r.Apart()
	from, to := around(len(yours), r.Wrong, apart)
	for i := from; i < to; i++ {
		sign := "  "
		switch i {
		case r.Wrong:
			sign = bad.Render("▸ ")
		case apart:
			sign = warn.Render("≠ ")
		}
		b.WriteString(wrap(levelStyle(yours[i].Level).Render(plain(yours[i].Text)), width, sign+head(yours[i]), strings.Repeat(" ", 23)) + "\n")
		if i == apart && apart < len(theirs) {
			b.WriteString(wrap(good.Render(plain(theirs[apart].Text)), width, good.Render("= ")+head(theirs[apart]), strings.Repeat(" ", 23)) + "\n")
		}
	}
	var signs []string
	if from <= r.Wrong && r.Wrong < to {
		signs = append(signs, "▸ it went wrong here")
	}
	if from <= apart && apart < to && apart != r.Wrong {
		signs = append(signs, "≠ it differs first")
	}
	if from <= apart && apart < to && apart < len(theirs) {
		signs = append(signs, "= the solution")
	}
	if len(signs) > 0 {
		b.WriteString(faint.Render(strings.Join(signs, "  ")) + "\n")
	}
	return b.String()
}

// head is a line's time and task.
func head(l lesson.Line) string {
	return faint.Render(fmt.Sprintf("%7s", l.At.Round(time.Millisecond))) + "  " + fmt.Sprintf("%-10s  ", l.Task)
}

// firstTasks is a transcript without the tasks that there is no room for, and
// how many these are.
func firstTasks(said lesson.Transcript) (shown lesson.Transcript, more int) {
	var tasks []string
	for _, l := range said {
		if !slices.Contains(tasks, l.Task) {
			tasks = append(tasks, l.Task)
		}
		if slices.Index(tasks, l.Task) < runTasks {
			shown = append(shown, l)
		}
	}
	return shown, max(0, len(tasks)-runTasks)
}

// around are the lines to show: those before the place where it went wrong, or
// where it differs first, and some behind it.
func around(n, wrong, apart int) (from, to int) {
	at := n - 1
	if apart >= 0 {
		at = apart
	}
	if wrong >= 0 {
		at = min(at, wrong)
	}
	to = min(n, max(at+runLines/3, runLines))
	return max(0, to-runLines), to
}
