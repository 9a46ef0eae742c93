package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/asyncio-to-go/workshop/lesson"
)

// Of a run that a test tells, check prints so many lines, of so many columns a side.
const (
	runLines = 20
	runWidth = 58
)

// printRun prints what the answer did in a test that failed, and beside it what
// the solution does in the same test. The first line in which they differ is
// marked, and the line at which the test found the answer wrong.
func printRun(w io.Writer, r *lesson.Run) {
	apart := r.Apart()
	middle := apart
	if middle < 0 {
		middle = r.Wrong
	}
	if middle < 0 {
		middle = len(r.Lines) - 1
	}
	all := max(len(r.Lines), len(r.Solution))
	from := max(0, min(middle-runLines*2/3, all-runLines))
	to := min(all, from+runLines)
	yours, theirs := "what your answer did", "what the solution does"
	if len(r.Solution) == 0 {
		theirs = ""
	}
	say(w, "           %-*s  %s\n", runWidth, yours, theirs)
	if from > 0 {
		say(w, "           … %d lines before\n", from)
	}
	for i := from; i < to; i++ {
		mark := " "
		switch i {
		case apart:
			mark = "≠"
		case r.Wrong:
			mark = "▸"
		}
		say(w, "         %s %s\n", mark, strings.TrimRight(side(r.Lines, i)+"  "+side(r.Solution, i), " "))
	}
	if to < all {
		say(w, "           … %d lines more\n", all-to)
	}
}

// side is a line of a run, padded to its column.
func side(lines []lesson.RunLine, i int) string {
	text := ""
	if i < len(lines) {
		l := lines[i]
		text = ansi.Truncate(fmt.Sprintf("%6s  %s %s", l.At.Truncate(time.Millisecond), l.Task, l.Text), runWidth, "…")
	}
	return text + strings.Repeat(" ", runWidth-ansi.StringWidth(text))
}
