package course

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

// most is how much of what a test prints is kept.
const most = 1 << 20

// Cut stands in a message in the place of what was too much to keep.
const Cut = "[more than 1 MiB was printed; what was here is cut]"

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
