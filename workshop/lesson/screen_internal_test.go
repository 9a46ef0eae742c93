package lesson

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATerminalShowsTasksAndLevelsInColour(t *testing.T) {
	var shown bytes.Buffer
	s := &screen{w: &shown, tasks: make(map[string]int), colour: true}
	for _, l := range []Line{
		{Task: "a", Text: "begins"},
		{At: 1990 * time.Millisecond, Task: "b", Text: "is cancelled", Level: slog.LevelWarn},
		{At: 2 * time.Second, Task: "a", Text: "has failed", Level: slog.LevelError, Waiting: true},
		{At: 3 * time.Second, Task: "b", Text: "waits", Waiting: true},
	} {
		s.print(l)
	}
	line := func(clock, taskStyle, task, textStyle, text string) string {
		return "\x1b[2m" + clock + "\x1b[0m  \x1b[" + taskStyle + "m" + task + "\x1b[0m  \x1b[" + textStyle + "m" + text + "\x1b[0m\n"
	}
	assert.Equal(t, ""+
		line("   0.0s", "36", "a         ", "0", "begins")+
		line("   1.9s", "35", "b         ", "33", "is cancelled")+
		line("   2.0s", "36", "a         ", "31", "has failed")+
		line("   3.0s", "35", "b         ", "2", "waits"), shown.String())
}

func TestOnlyATerminalThatWantsColoursGetsThem(t *testing.T) {
	device, err := os.Open(os.DevNull) // as a terminal is: a character device
	require.NoError(t, err)
	defer func() { _ = device.Close() }() // it was only looked at
	file, err := os.Create(filepath.Join(t.TempDir(), "said"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }() // the test reads what is in it
	closed, err := os.Open(os.DevNull)
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	for _, c := range []struct {
		name, noColor, term string
		to                  *os.File
		colour              bool
	}{
		{"a terminal", "", "xterm", device, true},
		{"NO_COLOR", "1", "xterm", device, false},
		{"a dumb terminal", "", "dumb", device, false},
		{"a file", "", "xterm", file, false},
		{"a file that is closed", "", "xterm", closed, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("NO_COLOR", c.noColor)
			t.Setenv("TERM", c.term)
			assert.Equal(t, c.colour, newScreen(c.to).colour)
		})
	}
	t.Setenv("CLICOLOR_FORCE", "1")
	s := newScreen(file)
	require.True(t, s.colour, "a file, but the environment asks for colours")
	s.w = io.Discard
	s.print(Line{Task: "a", Text: "begins"})

	t.Setenv("NO_COLOR", "1")
	s = newScreen(file)
	s.print(Line{At: time.Second, Task: "a", Text: "begins", Level: slog.LevelError})
	said, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	assert.Equal(t, "   1.0s  a           begins\n", string(said))
}

func TestAGroupsAttributesHaveItsName(t *testing.T) {
	var said []Line
	log := slog.New(handler{say: func(l Line, _ slog.Record) { said = append(said, l) }})
	job := log.With("task", "a").WithGroup("job").With("id", 7)
	job.Info("begins", "size", 2)
	log.Info("waits", "waiting", "for b", "n", 1) // no bool: it does not wait
	job.WithGroup("part").Info("ends", "n", 1)
	log.Info("goes on", "waiting", false)
	require.Len(t, said, 4)
	assert.False(t, said[3].Waiting)
	assert.Equal(t, Line{Task: "a", Text: "begins job.id=7 job.size=2"}, said[0])
	assert.Equal(t, Line{Task: mainTask, Text: "waits n=1"}, said[1])
	assert.Equal(t, "ends job.id=7 job.part.n=1", said[2].Text)
}

func TestSiblingsOfALoggerDoNotShareAttributes(t *testing.T) {
	var said []Line
	log := slog.New(handler{say: func(l Line, _ slog.Record) { said = append(said, l) }}).With("a", 1, "b", 2, "c", 3)
	one, two := log.With("n", 1), log.With("n", 2)
	one.Info("one")
	two.Info("two")
	assert.Equal(t, "one a=1 b=2 c=3 n=1", said[0].Text)
	assert.Equal(t, "two a=1 b=2 c=3 n=2", said[1].Text)
}
