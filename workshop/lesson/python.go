package lesson

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// StoryPy is the module that each lesson.py imports. It is embedded so that
// go test runs a test of lesson.py again when it changes: of the files that a
// test only reads, it knows those of the test's own module.
//
//go:embed story.py
var StoryPy string

// TellPython is what lesson.py in the folder dir prints, told by a Python with
// these arguments, and its trace. It is an error if lesson.py fails, or writes
// to its standard error. When ctx ends, lesson.py is killed.
func TellPython(ctx context.Context, python, dir string, args ...string) (said string, events []Event, err error) {
	temporary, err := os.MkdirTemp("", "lesson-py")
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // at worst a small file is left
	trace := filepath.Join(temporary, "trace.json")
	cmd := exec.CommandContext(ctx, python, append([]string{"lesson.py"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8", "STORY_TRACE="+trace)
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", nil, fmt.Errorf("it fails: %w\n%s", err, strings.TrimSpace(stderr.String()))
	}
	if stderr.Len() > 0 {
		return "", nil, fmt.Errorf("it complains: %s", strings.TrimSpace(stderr.String()))
	}
	recorded, err := os.ReadFile(trace)
	if err == nil {
		err = json.Unmarshal(recorded, &events)
	}
	return string(out), events, err
}

// SamePython fails unless events, which lesson.py in the folder dir has told, are
// those in its trace.json.
func SamePython(dir string, events []Event) error {
	trace, err := ReadTrace(dir)
	if err != nil {
		return err
	}
	was := trace.encode()
	trace.takePython(events)
	if now := trace.encode(); was != now {
		return fmt.Errorf("trace.json is stale: `go test ./%s -update` writes it anew\n%s", placeOf(dir), difference(was, now))
	}
	return nil
}

// takePython takes in what lesson.py has told. A line that Go says, too, has the
// level, the [Waiting] and the [To] of that one.
func (t *Trace) takePython(events []Event) {
	var golang []Event
	if t.Go != nil {
		golang = slices.Clone(t.Go.Events)
	}
	for i := range events {
		l := &events[i].Line
		if j := slices.IndexFunc(golang, func(e Event) bool { return e.String() == l.String() }); j >= 0 {
			l.Level, l.Waiting, l.To = golang[j].Level, golang[j].Waiting, golang[j].To
			golang = slices.Delete(golang, j, j+1)
		}
	}
	t.Python = &Telling{Events: events}
}

// updatePython lets lesson.py tell its part of the trace. Where there is no
// Python, the part stays as it is.
func (t *Trace) updatePython(tt *testing.T) { //nolint:thelper // t is the trace, as in its other methods
	tt.Helper()
	if _, err := os.Stat("lesson.py"); err != nil {
		t.Python = nil
		return
	}
	for _, python := range []string{"python3", "python"} {
		if _, err := exec.LookPath(python); err != nil {
			continue
		}
		_, events, err := TellPython(tt.Context(), python, ".")
		if err != nil {
			tt.Errorf("lesson.py: %v", err)
			return
		}
		t.takePython(events)
		return
	}
}
