package lesson

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	taskKey    = "task"
	waitingKey = "waiting"
	toKey      = "to"
	mainTask   = "main"
)

// A Line is one thing that a task of a story said.
type Line struct {
	At      time.Duration // since the story began
	Task    string
	Text    string
	Level   slog.Level
	Waiting bool     // the task waits from here to its next line
	To      []string // the tasks on which this line acts
}

// String is the line as transcripts and terminals show it. Its time is cut to
// tenths of a second: a timer never fires early, so that a real run shows what
// virtual time shows.
func (l Line) String() string {
	return fmt.Sprintf("%s  %-10s  %s", l.clock(), l.Task, l.Text)
}

func (l Line) clock() string {
	return fmt.Sprintf("%6.1fs", l.At.Truncate(100*time.Millisecond).Seconds())
}

// handler is the slog.Handler that makes lines of records.
type handler struct {
	say   func(Line, slog.Record)
	attrs []slog.Attr
	group string
}

func (h handler) Enabled(context.Context, slog.Level) bool { return true }

func (h handler) Handle(_ context.Context, r slog.Record) error {
	l := Line{Task: mainTask, Text: r.Message, Level: r.Level}
	for _, a := range h.attrs {
		l.add(a)
	}
	r.Attrs(func(a slog.Attr) bool {
		a.Key = h.group + a.Key
		l.add(a)
		return true
	})
	h.say(l, r)
	return nil
}

// add takes in an attribute: those that a line knows, any other as key=value.
func (l *Line) add(a slog.Attr) {
	switch a.Key {
	case taskKey:
		l.Task = a.Value.String()
	case waitingKey:
		l.Waiting = a.Value.Kind() == slog.KindBool && a.Value.Bool()
	case toKey:
		l.To, _ = a.Value.Any().([]string) // from To
	default:
		l.Text += " " + a.String()
	}
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.attrs = slices.Clip(h.attrs) // siblings must not share what comes
	for _, a := range attrs {
		a.Key = h.group + a.Key
		h.attrs = append(h.attrs, a)
	}
	return h
}

func (h handler) WithGroup(name string) slog.Handler {
	h.group += name + "."
	return h
}

// How a terminal shows lines, in the words of its escape sequences.
const dim, yellow, red = "2", "33", "31"

// taskStyles are the tasks' colours, in order of appearance.
var taskStyles = []string{"36", "35", "32", "34", "33", "95", "92", "94"}

// screen prints lines as they come.
type screen struct {
	colour bool

	mu    sync.Mutex // guards the below and keeps lines whole
	w     io.Writer
	tasks map[string]int // in order of appearance, for their colours
}

func newScreen(f *os.File) *screen {
	info, err := f.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &screen{
		w:      f,
		tasks:  make(map[string]int),
		colour: (terminal && os.Getenv("TERM") != "dumb" || os.Getenv("CLICOLOR_FORCE") != "") && os.Getenv("NO_COLOR") == "",
	}
}

func (s *screen) print(l Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.colour {
		_, _ = fmt.Fprintln(s.w, l) // a story goes on when its output cannot be written
		return
	}
	if _, known := s.tasks[l.Task]; !known {
		s.tasks[l.Task] = len(s.tasks)
	}
	text := "0"
	switch {
	case l.Level >= slog.LevelError:
		text = red
	case l.Level >= slog.LevelWarn:
		text = yellow
	case l.Waiting:
		text = dim
	}
	var b strings.Builder
	paint := func(style, s string) { fmt.Fprintf(&b, "\x1b[%sm%s\x1b[0m", style, s) }
	paint(dim, l.clock())
	b.WriteString("  ")
	paint(taskStyles[s.tasks[l.Task]%len(taskStyles)], fmt.Sprintf("%-10s", l.Task))
	b.WriteString("  ")
	paint(text, l.Text)
	_, _ = fmt.Fprintln(s.w, b.String())
}
