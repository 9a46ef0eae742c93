package course

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
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
	name, err := python()
	if err != nil {
		return skip("%w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, "lesson.py")
	cmd.Dir = l.path()
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("it fails: %w\n%s", err, strings.TrimSpace(stderr.String()))
	}
	if stderr.Len() > 0 {
		return fmt.Errorf("it complains: %s", strings.TrimSpace(stderr.String()))
	}
	transcript, err := os.ReadFile(l.path("transcript.txt"))
	if err != nil {
		return err
	}
	page, err := os.ReadFile(l.path("README.md"))
	if err != nil {
		return err
	}
	return sameStory(lines(string(out)), lines(string(transcript)), lines(diffOf(string(page))))
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

// sameStory compares what asyncio and Go print, each without the lines that the
// page says are its own.
func sameStory(asyncio, golang, differ []string) error {
	for _, line := range differ {
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
