package lesson_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestAFailedTestTellsItsRun(t *testing.T) {
	if os.Getenv(broken) != "" {
		t.Run("in its second bubble", func(t *testing.T) {
			lesson.Bubble(t, func(t *testing.T) { lesson.Log(t).Info("all is well") })
			lesson.Bubble(t, func(t *testing.T) {
				log := lesson.Log(t)
				time.Sleep(time.Second)
				log.Info("is called", "task", "b", lesson.Waiting)
				log.Info("is called", "task", "a")
				time.Sleep(time.Second)
				t.Error("wrong")
				log.Warn("returns", "task", "b")
				log.Info("is late")
			})
		})
		t.Run("in an endless loop", func(t *testing.T) {
			lesson.Bubble(t, func(t *testing.T) {
				t.Error("wrong from the start")
				for range 1001 {
					lesson.Log(t).Info("again – wörd by wörd, with    space")
				}
			})
		})
		return
	}
	runs := func(flags ...string) (runs []lesson.Run) {
		cmd := exec.CommandContext(t.Context(), os.Args[0], append(flags, "-test.run=^"+t.Name()+"$", "-test.v")...)
		cmd.Env = append(os.Environ(), broken+"=1")
		out, err := cmd.CombinedOutput()
		require.Error(t, err, "it fails")
		for line := range bytes.Lines(out) {
			require.Less(t, len(line), 4<<10, "go test -json breaks a longer line")
		}
		out = regexp.MustCompile(`\n=== ATTR +\S+ `+lesson.RunMoreKey+` `).ReplaceAll(out, nil)
		for _, told := range regexp.MustCompile(`(?m)^=== ATTR +\S+ `+lesson.RunKey+` (.*)$`).FindAllSubmatch(out, -1) {
			var r lesson.Run
			require.NoError(t, json.Unmarshal(told[1], &r))
			runs = append(runs, r)
		}
		return runs
	}
	all := runs("-lesson.bubble=1")
	require.Len(t, all, 3, "the run that was asked for, and those that failed")
	assert.Equal(t, lesson.Run{Bubble: 1, Wrong: -1, Lines: []lesson.RunLine{{Task: "main", Text: "all is well"}}}, all[0])
	assert.Equal(t, lesson.Run{Bubble: 2, Wrong: 1, Lines: []lesson.RunLine{
		{At: time.Second, Task: "a", Text: "is called"},
		{At: time.Second, Task: "b", Text: "is called", Waiting: true},
		{At: 2 * time.Second, Task: "b", Text: "returns", Level: slog.LevelWarn},
		{At: 2 * time.Second, Task: "main", Text: "is late"},
	}}, all[1])
	assert.Len(t, all[2].Lines, 1000)
	assert.Zero(t, all[2].Wrong)
	assert.Len(t, runs(), 2, "those that failed")
}

func TestARunIsComparedWithTheSolutions(t *testing.T) {
	lines := func(lines ...lesson.RunLine) []lesson.RunLine { return lines }
	calls := lesson.RunLine{At: 2 * time.Millisecond, Task: "f", Text: "is called"}
	returns := lesson.RunLine{At: time.Second, Task: "f", Text: "returns"}
	with := func(l lesson.RunLine, change func(*lesson.RunLine)) lesson.RunLine {
		change(&l)
		return l
	}
	for name, tt := range map[string]struct {
		answer, solution []lesson.RunLine
		want             int
	}{
		"no solution":               {lines(calls), nil, -1},
		"the same":                  {lines(calls, returns), lines(calls, returns), -1},
		"one line of the solution":  {lines(returns), lines(calls), 0},
		"too few":                   {lines(calls), lines(calls, returns), 1},
		"none":                      {nil, lines(calls, returns), 0},
		"too many":                  {lines(calls, returns, returns), lines(calls, returns), 2},
		"another task":              {lines(calls, returns), lines(calls, with(returns, func(l *lesson.RunLine) { l.Task = "g" })), 1},
		"another text":              {lines(calls, returns), lines(calls, with(returns, func(l *lesson.RunLine) { l.Text = "fails" })), 1},
		"a millisecond late":        {lines(with(calls, func(l *lesson.RunLine) { l.At += time.Millisecond }), returns), lines(calls, returns), 0},
		"less than a millisecond":   {lines(with(calls, func(l *lesson.RunLine) { l.At += time.Millisecond - 1 }), returns), lines(calls, returns), -1},
		"another level and waiting": {lines(with(calls, func(l *lesson.RunLine) { l.Level, l.Waiting = slog.LevelWarn, true })), lines(calls), -1},
	} {
		assert.Equal(t, tt.want, (&lesson.Run{Lines: tt.answer, Solution: tt.solution}).Apart(), name)
	}
}
