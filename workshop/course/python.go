package course

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

// python is the command of a Python that can run lesson.py, or why there is none.
var python = sync.OnceValues(func() (string, error) {
	for _, name := range []string{"python3", "python"} {
		ask := exec.Command(name, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")
		if ask.Run() == nil {
			return name, nil
		}
	}
	return "", errors.New("python3, 3.11 or newer, is not installed: lesson.py was not run")
})

var diffBlock = regexp.MustCompile("(?ms)^```diff\n(.*?)^```")

// checkPython proves that lesson.py prints the transcript, but for the lines
// that the page names: those of a diff block, asyncio's with a minus, Go's with
// a plus.
func (l Lesson) checkPython(ctx context.Context) error {
	out, err := tellPython(ctx, l.path())
	if err != nil {
		return err
	}
	transcript, err := os.ReadFile(l.path("transcript.txt"))
	if err != nil {
		return err
	}
	page, err := os.ReadFile(l.path("README.md"))
	if err != nil {
		return err
	}
	return SameStory(out, string(transcript), diffOf(string(page)))
}

// tellPython is what lesson.py in the folder dir prints, with arguments.
func tellPython(ctx context.Context, dir string, args ...string) (string, error) {
	runtime.KeepAlive(lesson.StoryPy) // it is part of what runs here, so go test must see it in the binary
	name, err := python()
	if err != nil {
		return "", skip("%w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, append([]string{"lesson.py"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("it fails: %w\n%s", err, strings.TrimSpace(stderr.String()))
	}
	if stderr.Len() > 0 {
		return "", fmt.Errorf("it complains: %s", strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// TellPython is what lesson.py in the test's own folder prints, with
// arguments. Without a Python that can run it the test is skipped, or fails if
// REQUIRE_ALL is 1. It fails if lesson.py does, or complains of anything.
func TellPython(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := os.ReadFile("lesson.py"); err != nil { // opened here, too, for the reason that touch gives
		t.Fatal(err)
	}
	out, err := tellPython(t.Context(), ".", args...)
	if errors.Is(err, ErrSkipped) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("lesson.py: %v", err)
	}
	return out
}

func lines(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func diffOf(page string) string {
	if m := diffBlock.FindStringSubmatch(strings.ReplaceAll(page, "\r\n", "\n")); m != nil {
		return m[1]
	}
	return ""
}

// SameStory compares what asyncio and Go print, each without the lines of
// differ that are its own: asyncio's begin with a minus there, Go's with a plus.
func SameStory(asyncioSays, goSays, differ string) error {
	asyncio, golang := lines(asyncioSays), lines(goSays)
	for _, line := range lines(differ) {
		side, own, name := &asyncio, line[min(1, len(line)):], "lesson.py"
		switch {
		case strings.HasPrefix(line, "-"):
		case strings.HasPrefix(line, "+"):
			side, name = &golang, "transcript.txt"
		default:
			return fmt.Errorf("README.md: a line of the diff block begins with neither - nor +: %q", line)
		}
		i := slices.Index(*side, own)
		if i < 0 {
			return fmt.Errorf("README.md says that only one side prints this, but %s does not: %q", name, own)
		}
		*side = slices.Delete(*side, i, i+1)
	}
	for i := range max(len(asyncio), len(golang)) {
		line := func(side []string) string {
			if i < len(side) {
				return side[i]
			}
			return "(nothing)"
		}
		if a, g := line(asyncio), line(golang); a != g {
			return fmt.Errorf("it tells another story, and README.md does not say so:\nasyncio: %s\n     Go: %s", a, g)
		}
	}
	return nil
}
