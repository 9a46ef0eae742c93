package course

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"example.com/asyncio-to-go/workshop/lesson"
)

// An Interpreter is a Python that can run lesson.py.
type Interpreter struct {
	Command string
	Version string // such as 3.12.1
}

// interpreters are all that this machine has, one for each version, the oldest
// first: those of PATH and of pyenv.
var interpreters = sync.OnceValues(func() ([]Interpreter, error) {
	const ask = "import sys; print(*sys.version_info[:3], sep='.'); sys.exit(sys.version_info < (3, 11))"
	var found []Interpreter
	for _, command := range pythonCommands() {
		out, err := exec.Command(command, "-c", ask).Output()
		version := strings.TrimSpace(string(out))
		known := slices.ContainsFunc(found, func(i Interpreter) bool { return i.Version == version })
		if err == nil && !known {
			found = append(found, Interpreter{command, version})
		}
	}
	if len(found) == 0 {
		return nil, errors.New("python3, 3.11 or newer, is not installed: lesson.py was not run")
	}
	slices.SortFunc(found, func(a, b Interpreter) int { return compareVersions(a.Version, b.Version) })
	return found, nil
})

// pythonCommands are what may be a Python: python, python3 and python3.X of
// each folder in PATH, and what pyenv has installed beside them.
func pythonCommands() []string {
	folders := filepath.SplitList(os.Getenv("PATH"))
	if home, err := os.UserHomeDir(); err == nil {
		installed, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "*", "bin")) // the pattern is well formed
		folders = append(folders, installed...)
	}
	name := regexp.MustCompile(`^python(3(\.\d+)?)?(\.exe)?$`)
	var commands []string
	for _, folder := range folders {
		files, _ := os.ReadDir(folder) // a folder of PATH may be missing
		for _, f := range files {
			if name.MatchString(f.Name()) {
				commands = append(commands, filepath.Join(folder, f.Name()))
			}
		}
	}
	return commands
}

// compareVersions orders 3.9.1 before 3.11.
func compareVersions(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(version string) []int {
	var n []int
	for part := range strings.SplitSeq(version, ".") {
		i, _ := strconv.Atoi(part) // a version is of numbers
		n = append(n, i)
	}
	return n
}

// Pythons are the interpreters that can run lesson.py, one for each version
// from 3.11 on, the oldest first. Without one the test is skipped, or fails if
// REQUIRE_ALL is 1.
func Pythons(t *testing.T) []Interpreter {
	t.Helper()
	found, err := interpreters()
	if err != nil {
		err = skip("%w", err)
	}
	if errors.Is(err, ErrSkipped) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Tell is what lesson.py in the test's own folder prints, with arguments. The
// test fails if lesson.py does, or complains of anything.
func (i Interpreter) Tell(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := os.ReadFile("lesson.py"); err != nil { // opened here, too, for the reason that touch gives
		t.Fatal(err)
	}
	out, _, err := i.tell(t.Context(), ".", args...)
	if err != nil {
		t.Fatalf("lesson.py, Python %s: %v", i.Version, err)
	}
	return out
}

// tell is [lesson.TellPython] within the time that a check may take.
func (i Interpreter) tell(ctx context.Context, dir string, args ...string) (string, []lesson.Event, error) {
	runtime.KeepAlive(lesson.StoryPy) // it is part of what runs here, so go test must see it in the binary
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return lesson.TellPython(ctx, i.Command, dir, args...)
}

// checkPython proves that lesson.py prints the transcript with each version of
// Python that is here, but for the lines that the page names, and that trace.json
// has what it tells.
func (l Lesson) checkPython(ctx context.Context) error {
	found, err := interpreters()
	if err != nil {
		return skip("%w", err)
	}
	transcript, err := os.ReadFile(l.path("transcript.txt"))
	if err != nil {
		return err
	}
	page, err := os.ReadFile(l.path("README.md"))
	if err != nil {
		return err
	}
	for _, i := range found {
		out, events, err := i.tell(ctx, l.path())
		if err == nil {
			err = SameStory(out, string(transcript), Differences(string(page), "", i.Version))
		}
		if err == nil {
			err = lesson.SamePython(l.path(), events)
		}
		if err != nil {
			return fmt.Errorf("with Python %s: %w", i.Version, err)
		}
	}
	return nil
}

// Versions names the Pythons with which lesson.py was run; empty if there is none.
func Versions() string {
	found, _ := interpreters() // that there is none is said where lesson.py is skipped
	var versions []string
	for _, i := range found {
		versions = append(versions, i.Version)
	}
	return strings.Join(versions, ", ")
}

var diffBlock = regexp.MustCompile("(?ms)^```diff(?: ([a-z].*?))??(?: python(>=|<)([0-9.]+))?[ ]*\n(.*?)^```")

// Differences are the lines of a page's diff blocks that hold for a telling of
// the lesson, "" for its story, and for a version of Python: asyncio's begin with
// a minus, Go's with a plus. A block says in its first line for which it holds,
// as ```diff stage 2 and ```diff python>=3.12 or ```diff stage 2 python<3.12 do.
func Differences(page, telling, version string) string {
	var differ strings.Builder
	for _, block := range diffBlock.FindAllStringSubmatch(strings.ReplaceAll(page, "\r\n", "\n"), -1) {
		newer := compareVersions(version, block[3]) >= 0
		if block[1] == telling && (block[2] == "" || newer == (block[2] == ">=")) {
			differ.WriteString(block[4])
		}
	}
	return differ.String()
}

func lines(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
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
