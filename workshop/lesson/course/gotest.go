package course

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Result is what one run of go test found.
type Result struct {
	Tests   []Test // in the order in which they ended
	Broken  string // why the tests did not run, or did not all run: the compiler's words, a panic; empty if they did
	Elapsed time.Duration
}

// A Test is one test of a Result.
type Test struct {
	Name    string
	Passed  bool
	Skipped bool
	Message string // what the test said
}

// notWritten is what a stub's panic says.
const notWritten = "not written yet"

// NotWritten reports whether the test failed because the answer is missing.
func (t Test) NotWritten() bool { return !t.Passed && strings.Contains(t.Message, notWritten) }

// Passed reports whether every test ran and passed.
func (r Result) Passed() bool {
	for _, t := range r.Tests {
		if !t.Passed {
			return false
		}
	}
	return r.Broken == "" && len(r.Tests) > 0
}

// Says reports whether a test that failed, or what stopped the tests, says text.
func (r Result) Says(text string) bool {
	for _, t := range r.Tests {
		if !t.Passed && strings.Contains(t.Message, text) {
			return true
		}
	}
	return strings.Contains(r.Broken, text)
}

// limit is how long go test lets a test binary run; a bubble gives up long before.
const limit = 30 * time.Second

// CheckExercise tests what the learner wrote. It waits for go test to end, at
// most as long as compiling takes and 30 s more. Its error says why go test
// could not be run at all; a test that fails is no error.
func (l Lesson) CheckExercise(ctx context.Context) (Result, error) {
	answer := l.path("exercise", "exercise.go")
	if _, err := os.Stat(answer); err != nil {
		return Result{}, fmt.Errorf("%s is gone; git checkout %[1]s brings it back", l.Exercise())
	}
	return l.testExercise(ctx, answer)
}

// testExercise runs the exercise's tests with answer in place of exercise.go.
func (l Lesson) testExercise(ctx context.Context, answer string, flags ...string) (Result, error) {
	overlay, err := os.CreateTemp("", "overlay-*.json")
	if err != nil {
		return Result{}, err
	}
	defer os.Remove(overlay.Name()) //nolint:errcheck // a file of temporary files
	err = json.NewEncoder(overlay).Encode(map[string]any{
		"Replace": map[string]string{l.path("exercise", "exercise.go"): answer},
	})
	if err = errors.Join(err, overlay.Close()); err != nil {
		return Result{}, err
	}
	flags = append([]string{"-tags=exercise", "-overlay=" + overlay.Name()}, flags...)
	return l.goTest(ctx, "./exercise", flags...)
}

// event is a line of go test -json, see go doc test2json.
type event struct {
	Action  string
	Test    string
	Elapsed float64
	Output  string
}

// goTest runs go test on a package of the lesson.
func (l Lesson) goTest(ctx context.Context, pkg string, flags ...string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute) // for the compiler; the tests have their own limit
	defer cancel()
	args := append([]string{"test", "-json", "-timeout=" + limit.String()}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = l.path()
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Result{}, fmt.Errorf("go test did not start: %w", err)
	}
	if ctx.Err() != nil {
		return Result{}, context.Cause(ctx)
	}
	r := l.read(out)
	if err != nil && r.Broken == "" && r.Passed() || len(r.Tests) == 0 && r.Broken == "" {
		r.Broken = strings.TrimSpace(stderr.String())
		if r.Broken == "" {
			r.Broken = "no tests ran"
		}
	}
	return r, nil
}

// read makes a result of the lines of go test -json.
func (l Lesson) read(out []byte) Result {
	var r Result
	said := make(map[string]*strings.Builder)
	say := func(test, text string) {
		if said[test] == nil {
			said[test] = new(strings.Builder)
		}
		said[test].WriteString(text)
	}
	running := ""
	for line := range bytes.Lines(out) {
		var e event
		if json.Unmarshal(line, &e) != nil {
			say("", string(line)) // what a test binary writes past the testing package
			continue
		}
		switch e.Action {
		case "run":
			running = e.Test
		case "output", "build-output":
			say(e.Test, e.Output)
		case "pass", "fail", "skip":
			if e.Test == "" {
				r.Elapsed = time.Duration(e.Elapsed * float64(time.Second))
				continue
			}
			running = ""
			t := Test{Name: e.Test, Passed: e.Action != "fail", Skipped: e.Action == "skip"}
			if b := said[e.Test]; b != nil {
				t.Message = message(b.String())
			}
			if crash := l.crash(t.Message); crash != "" {
				r.Broken, t.Message = crash, crash
			}
			r.Tests = append(r.Tests, t)
		}
	}
	r.Tests = leaves(r.Tests)
	if running != "" && said[running] != nil && r.Broken == "" { // it took the binary with it
		r.Broken = l.crash(said[running].String())
	}
	if b := said[""]; b != nil && r.Broken == "" && (len(r.Tests) == 0 || r.Passed()) {
		r.Broken = l.broken(b.String())
	}
	return r
}

// leaves drops the tests that only hold subtests and have nothing to say
// themselves.
func leaves(tests []Test) []Test {
	return slices.DeleteFunc(slices.Clone(tests), func(t Test) bool {
		return t.Message == "" && slices.ContainsFunc(tests, func(sub Test) bool { return strings.HasPrefix(sub.Name, t.Name+"/") })
	})
}

var frame = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP)|^\s*=== |^(PASS|FAIL|ok)\b|^exit status|^-test\.shuffle`)

// message is what a test said without what go test says about the test.
func message(output string) string {
	var kept []string
	for line := range strings.Lines(output) {
		if line = strings.TrimRight(line, "\r\n"); !frame.MatchString(line) && strings.TrimSpace(line) != "" {
			kept = append(kept, strings.TrimPrefix(line, "    "))
		}
	}
	return strings.Join(kept, "\n")
}

var ownLine = regexp.MustCompile(`/exercise/(exercise(?:_test)?\.go:\d+)`)

// crash is what remains of a panic that ended the test binary: what it says
// and the lines of the exercise that it went through; empty if it is none.
func (l Lesson) crash(output string) string {
	var said string
	var lines []string
	for line := range strings.Lines(output) {
		text := strings.TrimSpace(line)
		if said == "" {
			if strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: ") {
				said = text
			}
			continue
		}
		if m := ownLine.FindStringSubmatch(filepath.ToSlash(text)); m != nil && len(lines) < 4 {
			lines = append(lines, m[1])
		}
	}
	if said == "" {
		return ""
	}
	if strings.Contains(said, "test timed out after") {
		said = "hang: the tests did not come to an end within " + limit.String()
	}
	if len(lines) > 0 {
		said += " at " + strings.Join(lines, ", called from ")
	}
	return said
}

// broken is why the tests could not run: the compiler's complaints, a crash.
func (l Lesson) broken(output string) string {
	if crash := l.crash(output); crash != "" {
		return crash
	}
	var kept []string
	for line := range strings.Lines(message(output)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "# ") {
			kept = append(kept, strings.TrimPrefix(line, "./"))
		}
	}
	return strings.Join(kept, "\n")
}
