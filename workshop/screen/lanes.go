package screen

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// tellingOf is what a lesson's story says, as its trace has it; nil if there is none.
func tellingOf(l course.Lesson) *lesson.Telling {
	trace, err := lesson.ReadTrace(filepath.Join(l.Root, filepath.FromSlash(l.Dir)))
	if err != nil {
		return nil
	}
	return trace.Go
}

// told is the transcript of a telling, which may be missing.
func told(t *lesson.Telling) lesson.Transcript {
	if t == nil {
		return nil
	}
	return t.Transcript()
}

// picture is a picture of a lesson's page as text; empty if it cannot be drawn so.
func (m *model) picture(l course.Lesson, file string, width int) string {
	if file != "timeline.svg" {
		return ""
	}
	said := told(m.telling(l))
	return said.Lanes(lesson.View{Width: width, Until: said.End(), Colour: true})
}

// lanes are what the story has said so far, with room for what it will say.
func (s *story) lanes(width int) []string {
	said := parse(s.soFar(), told(s.telling))
	now, over := s.now()
	if !over { // its tasks go on; those of the trace's lines that are to come say so
		for _, l := range told(s.telling) {
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

// parse makes a transcript of what a story has printed. Which lines are a
// failure, and where a task waits, the trace knows.
func parse(printed string, trace lesson.Transcript) lesson.Transcript {
	said := lesson.ReadTranscript(printed)
	for i := range said {
		l := &said[i]
		if at := slices.IndexFunc(trace, func(known lesson.Line) bool { return known.Task == l.Task && known.Text == l.Text }); at >= 0 {
			l.Level, l.Waiting = trace[at].Level, trace[at].Waiting
		}
	}
	return said
}

// colourStory gives each task of a story a colour, in order of appearance, and
// each failure its own.
func colourStory(printed string, trace lesson.Transcript, width int) string {
	tasks := make(map[string]int)
	var lines []string
	for line := range strings.Lines(strings.TrimRight(printed, "\n")) {
		line = strings.TrimRight(line, "\r\n")
		said := parse(line, trace)
		if len(said) == 0 {
			lines = append(lines, wrap(plain(line), width, "", "  "))
			continue
		}
		l := said[0]
		if _, known := tasks[l.Task]; !known {
			tasks[l.Task] = len(tasks)
		}
		first := faint.Render(fmt.Sprintf("%6.1fs", l.At.Seconds())) + "  " + taskColours[tasks[l.Task]%len(taskColours)].Render(fmt.Sprintf("%-10s", l.Task)) + "  "
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
