package course

import (
	"bytes"
	"cmp"
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

	"example.com/asyncio-to-go/workshop/lesson"
)

// A Result is what one run of go test found.
type Result struct {
	Tests   []Test // in the order in which they ended
	Broken  string // why the tests did not run, or did not all run: the compiler's words, a panic; empty if they did
	Elapsed time.Duration
	SHA256  string // of the learner's file that was tested; empty if it was saved meanwhile, so that nobody knows which

	crashed string // the test in which the test binary ended, without a word of the others
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

// What a test says of an answer.
const (
	OK      = "ok"
	ToDo    = "to do"
	Wrongly = "wrong"
)

// State is one of OK, ToDo and Wrongly.
func (t Test) State() string {
	switch {
	case t.Passed:
		return OK
	case t.NotWritten():
		return ToDo
	default:
		return Wrongly
	}
}

// Sentence is the test's name in words: TestDoesNotDrift does not drift.
func (t Test) Sentence() string {
	var b strings.Builder
	for i, r := range strings.TrimPrefix(t.Name, "Test") {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(strings.ReplaceAll(b.String(), "_", " "))
}

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
var limit = 30 * time.Second // tests shorten it

// most is how much of what a test prints is kept.
const most = 1 << 20

// Cut stands in a message in the place of what was too much to keep.
const Cut = "[more than 1 MiB was printed; what was here is cut]"

// CheckExercise tests what the learner wrote. It waits for go test to end: as
// long as compiling takes, and 30 s more. What still runs then, or when ctx
// ends, is killed with all its children. Its error says why go test could not
// be run at all, or is the cause of ctx; a test that fails is no error.
//
// A panic on a goroutine of the learner's ends the test binary; it counts as the
// failure of the test at hand, and the tests behind it run in a binary of their own.
//
// It calls each with every test, as it ends, one at a time; nil is nobody.
func (l Lesson) CheckExercise(ctx context.Context, each func(Test)) (found Result, err error) {
	before := l.Fingerprint()
	if before == "" {
		return Result{}, fmt.Errorf("%s is gone; go run ./workshop reset %s brings it back", l.Exercise(), l.Name())
	}
	var all Result
	again := false
	defer func() {
		if l.Fingerprint() == before {
			found.SHA256 = before
		}
	}()
	for {
		r, err := l.testExercise(ctx, l.Answer(), each, skipping(all.Tests)...)
		if err != nil {
			return Result{}, err
		}
		if again && len(r.Tests) == 0 {
			return all, nil // there were none behind the last one
		}
		all.Tests = append(all.Tests, r.Tests...)
		all.Elapsed += r.Elapsed
		all.Broken = r.Broken
		if r.crashed == "" || all.Elapsed > limit/2 {
			return all, nil
		}
		all.Broken, again = "", true
	}
}

// skipping are the flags with which go test leaves out the tests that have run.
func skipping(tests []Test) []string {
	if len(tests) == 0 {
		return nil
	}
	var names []string
	for _, t := range tests {
		name, _, _ := strings.Cut(t.Name, "/")
		names = append(names, name)
	}
	return []string{"-skip=^(" + strings.Join(names, "|") + ")$"}
}

// testExercise runs the exercise's tests with answer in place of exercise.go.
func (l Lesson) testExercise(ctx context.Context, answer string, each func(Test), flags ...string) (Result, error) {
	overlay, err := os.CreateTemp("", "overlay-*.json")
	if err != nil {
		return Result{}, err
	}
	defer os.Remove(overlay.Name()) //nolint:errcheck // a file of temporary files
	err = json.NewEncoder(overlay).Encode(map[string]any{
		"Replace": map[string]string{l.Answer(): answer},
	})
	if err = errors.Join(err, overlay.Close()); err != nil {
		return Result{}, err
	}
	flags = append([]string{"-tags=exercise", "-overlay=" + overlay.Name()}, flags...)
	return l.goTest(ctx, "./exercise", each, flags...)
}

var errLimit = errors.New("the tests take too long")

// goTest runs go test on a package of the lesson.
func (l Lesson) goTest(ctx context.Context, pkg string, each func(Test), flags ...string) (Result, error) {
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	args := append([]string{"test", "-json", "-timeout=" + limit.String()}, flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = l.path()
	inOwnGroup(cmd)
	cmd.Cancel = func() error { return killTree(cmd.Process) }
	cmd.WaitDelay = time.Second
	stderr := new(text)
	cmd.Stderr = stderr
	r := reader{lesson: l, each: each, said: make(map[string]*text)}
	overdue := time.AfterFunc(time.Hour, func() { cancel(errLimit) }) // to compile takes as long as it takes
	defer overdue.Stop()
	r.started = func() { overdue.Reset(limit + 3*time.Second) } // at its limit the test binary should end itself
	cmd.Stdout = &r
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // it has ended; a process that it started has not
		_ = killTree(cmd.Process)
	}
	var exit *exec.ExitError
	if outer.Err() != nil {
		return Result{}, context.Cause(outer)
	}
	late := context.Cause(ctx) == errLimit //nolint:errorlint // nobody wraps it
	if err != nil && !errors.As(err, &exit) && !late && !errors.Is(err, exec.ErrWaitDelay) {
		return Result{}, fmt.Errorf("go test did not start: %w", err)
	}
	found := r.result()
	switch {
	case late:
		found.Broken = cmp.Or(found.Broken, fmt.Sprintf("hang: the tests did not come to an end within %v, and had to be killed", limit))
	case err != nil && found.Passed(), len(found.Tests) == 0 && found.Broken == "":
		found.Broken = cmp.Or(strings.TrimSpace(stderr.String()), "no tests ran")
	}
	return found, nil
}

// event is a line of go test -json, see go doc test2json.
type event struct {
	Action  string
	Test    string
	Elapsed float64
	Output  string
}

// A reader makes a result of what go test -json writes to it.
type reader struct {
	lesson  Lesson
	each    func(Test)
	started func() // called when the test binary starts

	line    []byte // what is not a whole line yet
	said    map[string]*text
	running string
	found   Result
}

func (r *reader) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		r.line = append(r.line, line...)
		if rest = after; whole || len(r.line) > most { // test2json breaks lines long before
			r.read(r.line)
			r.line = r.line[:0]
		}
	}
	return len(p), nil
}

func (r *reader) say(test, output string) {
	if r.said[test] == nil {
		r.said[test] = new(text)
	}
	_, _ = r.said[test].Write([]byte(output)) // never fails
}

// read takes in a line.
func (r *reader) read(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		r.say("", string(line)+"\n") // what a test binary writes past the testing package
		return
	}
	switch e.Action {
	case "start":
		r.started()
	case "run":
		r.running = e.Test
	case "output", "build-output":
		r.say(e.Test, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.found.Elapsed = time.Duration(e.Elapsed * float64(time.Second))
			return
		}
		r.running = ""
		t := Test{Name: e.Test, Passed: e.Action != "fail", Skipped: e.Action == "skip"}
		if said := r.said[e.Test]; said != nil {
			t.Message = message(said.String())
			if crash := r.lesson.crash(said.String()); crash != "" {
				r.found.Broken, t.Message = crash, crash
			}
		}
		r.found.Tests = append(r.found.Tests, t)
		if r.each != nil {
			r.each(t)
		}
	}
}

// result is what all that was written comes to.
func (r *reader) result() Result {
	if len(r.line) > 0 {
		r.read(r.line)
	}
	found := r.found
	found.Tests = leaves(found.Tests)
	if said := r.said[r.running]; r.running != "" && said != nil && found.Broken == "" { // it took the binary with it
		found.Broken = r.lesson.crash(said.String())
		if found.Broken == "" {
			found.Broken = strings.TrimSpace("the test binary has ended, as by os.Exit\n" + message(said.String()))
		}
		if !strings.HasPrefix(found.Broken, "hang: ") {
			found.crashed, _, _ = strings.Cut(r.running, "/")
			t := Test{Name: r.running, Message: found.Broken}
			found.Tests = append(found.Tests, t)
			if r.each != nil {
				r.each(t)
			}
		}
	}
	if said := r.said[""]; said != nil && found.Broken == "" && (len(found.Tests) == 0 || found.Passed()) {
		found.Broken = r.lesson.broken(said.String())
	}
	return found
}

// text keeps the beginning and the end of what is written to it.
type text struct {
	head, tail []byte
	cut        bool
}

func (t *text) Write(p []byte) (int, error) {
	n := len(p)
	room := min(most-len(t.head), n)
	t.head, p = append(t.head, p[:room]...), p[room:]
	if t.tail = append(t.tail, p...); len(t.tail) > most/2 { // a crash says at the end what it was
		t.tail, t.cut = append(t.tail[:0], t.tail[len(t.tail)-most/4:]...), true
	}
	return n, nil
}

func (t *text) String() string {
	if t.cut {
		return string(t.head) + "\n" + Cut + "\n" + string(t.tail)
	}
	return string(t.head) + string(t.tail)
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
// and the lines of the exercise that it went through, or, of a hang, where
// the exercise's goroutines are; empty if it is none.
func (l Lesson) crash(output string) string {
	at := panicLine.FindStringIndex(output)
	if at == nil {
		return ""
	}
	said, traces := strings.TrimSpace(output[at[0]:at[1]]), output[at[1]:]
	if strings.Contains(said, "test timed out after") {
		said = fmt.Sprintf("hang: the tests did not come to an end within %v", limit)
		own := func(file string) bool { return strings.HasSuffix(filepath.ToSlash(file), "/exercise/exercise.go") }
		if stuck := lesson.Stacks(traces, own); stuck != "" {
			said += ":\n" + stuck
		}
		return said
	}
	var lines []string
	for _, m := range ownLine.FindAllStringSubmatch(filepath.ToSlash(traces), 4) {
		if !slices.Contains(lines, m[1]) {
			lines = append(lines, m[1])
		}
	}
	if len(lines) > 0 {
		said += " at " + strings.Join(lines, ", called from ")
	}
	return said
}

var panicLine = regexp.MustCompile(`(?m)^[ \t]*(?:panic|fatal error): .*$`)

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
