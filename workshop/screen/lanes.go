package screen

import (
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// traceOf is what a lesson's story says, as its trace has it; nil if there is
// none, or it is told in another way than timeline.svg shows.
func traceOf(l course.Lesson) lesson.Transcript {
	trace, err := lesson.ReadTrace(filepath.Join(l.Root, filepath.FromSlash(l.Dir)))
	if err != nil || trace.Go == nil {
		return nil
	}
	return trace.Go.Transcript()
}

// picture is a picture of a lesson's page as text; empty if it cannot be drawn so.
func (m *model) picture(l course.Lesson, file string, width int) string {
	if file != "timeline.svg" {
		return ""
	}
	said := m.trace(l)
	return said.Lanes(lesson.View{Width: width, Until: said.End(), Colour: true})
}

// lanes are what the story has said so far, with room for what it will say.
func (s *story) lanes(width int) []string {
	said := parse(s.soFar(), s.whole)
	now, over := s.now()
	if !over { // its tasks go on; those of the trace's lines that are to come say so
		for _, l := range s.whole {
			if l.At > now {
				said = append(said, l)
			}
		}
	} else {
		now = said.End()
	}
	if len(said) == 0 {
		return nil
	}
	return append(strings.Split(said.Lanes(lesson.View{Width: width, Until: now, Colour: true}), "\n"), "")
}

// spoken is a line as a story prints it: its time, its task, its text.
var spoken = regexp.MustCompile(`^ *(\d+\.\d)s  (.{10})  (.*)$`)

// parse makes a transcript of what a story has printed. Which lines are a
// failure, and where a task waits, the trace knows.
func parse(printed string, trace lesson.Transcript) lesson.Transcript {
	var said lesson.Transcript
	for line := range strings.Lines(printed) {
		if l, ok := parseLine(strings.TrimRight(line, "\r\n"), trace); ok {
			said = append(said, l)
		}
	}
	return said
}

func parseLine(line string, trace lesson.Transcript) (lesson.Line, bool) {
	m := spoken.FindStringSubmatch(line)
	if m == nil {
		return lesson.Line{}, false
	}
	seconds, err := time.ParseDuration(m[1] + "s")
	if err != nil {
		return lesson.Line{}, false
	}
	l := lesson.Line{At: seconds, Task: strings.TrimSpace(m[2]), Text: m[3]}
	if i := slices.IndexFunc(trace, func(known lesson.Line) bool { return known.Task == l.Task && known.Text == l.Text }); i >= 0 {
		l.Level, l.Waiting = trace[i].Level, trace[i].Waiting
	}
	return l, true
}

// colourStory gives each task of a story a colour, in order of appearance, and
// each failure its own.
func colourStory(printed string, trace lesson.Transcript, width int) string {
	tasks := make(map[string]int)
	var lines []string
	for line := range strings.Lines(strings.TrimRight(printed, "\n")) {
		line = strings.TrimRight(line, "\r\n")
		l, ok := parseLine(line, trace)
		if !ok {
			lines = append(lines, wrap(plain(line), width, "", "  "))
			continue
		}
		if _, known := tasks[l.Task]; !known {
			tasks[l.Task] = len(tasks)
		}
		m := spoken.FindStringSubmatchIndex(line)
		first := faint.Render(line[:m[3]+1]) + "  " + taskColours[tasks[l.Task]%len(taskColours)].Render(line[m[4]:m[5]]) + "  "
		lines = append(lines, wrap(levelStyle(l.Level).Render(plain(l.Text)), width, first, strings.Repeat(" ", 21)))
	}
	return strings.Join(lines, "\n")
}

func levelStyle(level slog.Level) lipgloss.Style {
	switch {
	case level >= slog.LevelError:
		return bad
	case level >= slog.LevelWarn:
		return warn
	default:
		return lipgloss.NewStyle()
	}
}
