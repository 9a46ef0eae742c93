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

// event is a line of go test -json: one of test2json's, or one of go build's.
type event struct {
	Action      string
	Test        string
	Elapsed     float64
	Output      string
	Key, Value  string // of attr
	ImportPath  string // of build-output and build-fail
	FailedBuild string
}

// A reader makes a result of what go test -json writes to it.
type reader struct {
	bench   *bench
	each    func(Test)
	started func() // called when the test binary starts
	hangs   func() // called when a test has failed because it hangs
	race    bool

	line     []byte // what is not a whole line yet
	said     map[string]*text
	runs     map[string]string
	running  string
	hanging  string // the test that said so
	hung     bool
	end      string // the action of the last event: did the test binary end well?
	unbuilt  string
	elapsed  time.Duration
	tests    []Test
	outcomes map[string][2]int // how often each test has passed and failed
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

func (r *reader) say(who, output string) {
	if r.said[who] == nil {
		r.said[who] = new(text)
	}
	_, _ = r.said[who].Write([]byte(output)) // never fails
}

func (r *reader) heard(who string) string {
	if said := r.said[who]; said != nil {
		return said.String()
	}
	return ""
}

// read takes in a line.
func (r *reader) read(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		r.say("", string(line)+"\n")
		return
	}
	switch e.Action {
	case "start":
		r.started()
	case "run":
		if r.running = e.Test; r.each != nil {
			r.each(Test{Name: e.Test, Running: true})
		}
	case "output":
		r.say(e.Test, e.Output)
	case "build-output":
		r.say("build "+e.ImportPath, e.Output)
	case "attr":
		switch e.Key {
		case lesson.RunKey:
			if r.runs == nil {
				r.runs = make(map[string]string)
			}
			r.runs[e.Test] = e.Value
		case lesson.RunMoreKey:
			if r.runs[e.Test] != "" {
				r.runs[e.Test] += e.Value
			}
		case "hang":
			r.hanging = e.Test
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.elapsed, r.end, r.unbuilt = time.Duration(e.Elapsed*float64(time.Second)), e.Action, e.FailedBuild
			return
		}
		if r.running == e.Test {
			r.running = ""
		}
		r.ended(r.test(e.Test, e.Action))
		if e.Action == "fail" && e.Test == r.hanging && !r.hung {
			r.hung = true
			r.hangs()
		}
	}
}

// test is a test that has ended.
func (r *reader) test(name, action string) Test {
	t := Test{Name: name, Passed: action == "pass", Skipped: action == "skip", Run: r.runs[name]}
	switch {
	case t.Skipped && r.hung:
		t.Skipped, t.NotRun, t.Message = false, true, "not run: the answer hangs"
	case t.Skipped && slices.ContainsFunc(r.tests, func(other Test) bool { return !other.Passed && !other.Skipped }): // it waits for the others
		t.Skipped, t.NotRun, t.Message = false, true, r.bench.message(name, r.heard(name), "")
	case t.Skipped:
		t.Message = "it was skipped: " + r.bench.message(name, r.heard(name), "")
	case !t.Passed:
		t.Message, t.Raw = r.failure(name)
		if name != r.hanging && (r.tellsOfCrash(name) || t.Message == "" && r.left() != "") { // what hangs may crash when its test is over
			t.Message, t.Raw = r.crash(name), r.left()
		}
	}
	return t
}

// left is how the test binary says that it crashed; empty as long as it runs.
func (r *reader) left() string { return r.bench.left("crash") }

// tellsOfCrash reports whether the test binary crashed in a test: a test that
// failed before is heard of when a later one has crashed already.
func (r *reader) tellsOfCrash(name string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(r.left(), "\n"), "\n")
	return first != "" && strings.Contains(r.heard(name), first)
}

// ended takes in a test that has ended. It may come again: an answer can print
// what looks like another end, and with -count each test runs often.
func (r *reader) ended(t Test) {
	if r.outcomes == nil {
		r.outcomes = make(map[string][2]int)
	}
	n := r.outcomes[t.Name]
	if t.Passed {
		n[0]++
	} else {
		n[1]++
	}
	r.outcomes[t.Name] = n
	at := slices.IndexFunc(r.tests, func(known Test) bool { return known.Name == t.Name })
	switch {
	case at < 0:
		r.tests = append(r.tests, t)
	case r.tests[at].Passed && !t.Passed:
		r.tests[at] = t
	default:
		return
	}
	if r.each != nil {
		r.each(t)
	}
}

// failure is what a test said that failed, and the race detector's report.
func (r *reader) failure(name string) (message, raw string) {
	output := r.heard(name)
	var races string
	if r.race && strings.Contains(output, raceDetected) {
		output, races, raw = r.bench.races(output)
	}
	return r.bench.message(name, output, races), raw
}

// crash is what a test said that took the test binary with it, and how.
func (r *reader) crash(name string) string {
	report, output := r.report(name)
	return r.bench.message(name, output, r.bench.crash(report))
}

// report is how the test binary says that it crashed, and what a test said
// before. Go writes the line "fatal error: …" to the standard error only.
func (r *reader) report(name string) (report, output string) {
	report, output = strings.TrimLeft(r.left(), "\n"), r.heard(name)
	if first, _, _ := strings.Cut(report, "\n"); first != "" {
		if at := strings.LastIndex(output, first); at >= 0 {
			output = output[:at]
		}
	}
	if at := strings.LastIndex(output, "fatal error: "); at >= 0 && !strings.HasPrefix(report, "panic: ") {
		report, output = strings.TrimSpace(output[at:])+"\n\n"+report, runtimeLines.ReplaceAllString(output[:at], "")
	}
	return report, output
}

// result is what all that was written comes to. Why says why the run was ended
// from outside; nil if it was not.
func (r *reader) result(why error) Result {
	if len(r.line) > 0 {
		r.read(r.line)
	}
	report, _ := r.report(r.running)
	found := Result{Elapsed: r.elapsed, hung: r.hung, goCrashed: goCrash.MatchString(report)}
	if r.unbuilt != "" {
		found.NotCompiled, found.Broken = true, r.bench.built(r.heard("build "+r.unbuilt))
		return found
	}
	stuck := r.bench.left("stuck")
	if r.running != "" && !r.hung {
		r.unfinished(&found, stuck, why)
	}
	if r.end == "pass" { // by its exit status: a failure that has passed, too, was printed
		for i, t := range r.tests {
			if n := r.outcomes[t.Name]; n[0] > 0 && n[1] > 0 {
				r.tests[i] = Test{Name: t.Name, Passed: true}
			}
		}
	}
	found.Tests = leaves(r.tests)
	if found.Broken != "" {
		return found
	}
	for _, t := range r.tests {
		if !t.Passed && !t.NotRun && r.left() != "" && found.crashed == "" {
			found.crashed, _, _ = strings.Cut(r.tests[len(r.tests)-1].Name, "/")
		}
	}
	switch passed := found.Passed(); {
	case r.hung:
	case len(found.Tests) == 0 && why != nil, len(found.Tests) == 0 && stuck != "":
		found.Broken, found.hung = r.bench.ended(stuck, why), true
	case len(found.Tests) == 0 && r.left() != "":
		report, _ := r.report("")
		found.Broken = r.bench.crash(report)
	case (len(found.Tests) == 0 || passed) && r.end != "pass":
		found.Broken = r.bench.after(passed, r.heard(""))
	}
	return found
}

// unfinished adds the test in which the test binary has ended.
func (r *reader) unfinished(found *Result, stuck string, why error) {
	t := Test{Name: r.running, Run: r.runs[r.running]}
	switch {
	case t.Name == r.hanging:
		found.hung = true
		t.Message, t.Raw = r.failure(t.Name)
	case stuck != "" || why != nil:
		found.hung = true
		t.Message = r.bench.message(t.Name, r.heard(t.Name), r.bench.ended(stuck, why))
		t.Raw = stuck
	case r.left() != "":
		t.Message, t.Raw = r.crash(t.Name), r.left()
	default:
		t.Message = r.bench.message(t.Name, r.heard(t.Name), "the answer ended the test binary, as os.Exit does")
	}
	found.crashed, _, _ = strings.Cut(t.Name, "/")
	r.ended(t)
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

// built are the compiler's complaints. A file that lies elsewhere has the name
// that it has in the exercise.
func (b *bench) built(output string) string {
	for name, file := range b.files {
		if rel, err := filepath.Rel(b.lesson.path(), file); err == nil && strings.HasPrefix(rel, "..") {
			output = strings.NewReplacer(rel+":", "exercise/"+name+":", file+":", "exercise/"+name+":").Replace(output)
		}
	}
	var kept []string
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			kept = append(kept, strings.TrimPrefix(line, "./"))
		}
	}
	return Printable(strings.Join(kept, "\n"))
}

var (
	panicLine = regexp.MustCompile(`(?m)^(?:panic|fatal error): .*(?:\n.+)*`)
	frameLine = regexp.MustCompile(`(?m)^\t(\S.*\.go):(\d+)`)

	// goCrash is how the report of a signal begins that no line of a test or an answer can have raised.
	goCrash = regexp.MustCompile(`\A(?:fatal error: unexpected signal during runtime execution|SIG[A-Z]+: .+\nPC=)`)

	// runtimeLines are what Go prints before "fatal error: …", as "runtime: goroutine stack exceeds 1000000000-byte limit".
	runtimeLines = regexp.MustCompile(`(?m)(?:^runtime: .*\n)+\z`)
)

// own reports whether a file of a stack trace belongs to the exercise.
func (b *bench) own(file string) bool {
	return filepath.Base(filepath.Dir(filepath.FromSlash(file))) == "exercise" && filepath.Base(file) != watchdogFile
}

// answered reports whether it belongs to the answer.
func (b *bench) answered(file string) bool {
	return b.own(file) && !slices.Contains(ownTests, filepath.Base(file))
}

// crash is what remains of the report of a test binary that crashed: what it
// says, and the lines of the exercise that the goroutine went through.
func (b *bench) crash(report string) string {
	report = strings.ReplaceAll(report, "\r\n", "\n")
	if signal, _, _ := strings.Cut(goCrash.FindString(report), "\n"); signal != "" {
		return fmt.Sprintf("Go's own code crashed here, %d times, which is seldom the answer's fault: %s", tries, signal)
	}
	at := panicLine.FindStringIndex(report)
	if at == nil {
		return "the test binary crashed:\n" + fold(strings.Split(report, "\n"))
	}
	said := strings.TrimSpace(report[at[0]:at[1]])
	said, _, _ = strings.Cut(said, "\n[signal ") // the line tells more
	traces := strings.Split(strings.TrimLeft(report[at[1]:], "\n"), "\n\n")
	if strings.HasPrefix(traces[0], "runtime stack:") && len(traces) > 1 { // the goroutine comes next
		traces = traces[1:]
	}
	var lines []string
	for _, m := range frameLine.FindAllStringSubmatch(traces[0], -1) {
		if place := filepath.Base(m[1]) + ":" + m[2]; b.own(m[1]) && !slices.Contains(lines, place) && len(lines) < 4 {
			lines = append(lines, place)
		}
	}
	if len(lines) > 0 {
		said += " at " + strings.Join(lines, ", called from ")
	}
	return said
}

// ended is why a run did not come to its end, and where the answer's
// goroutines were.
func (b *bench) ended(stuck string, why error) string {
	head, traces, _ := strings.Cut(stuck, "\n\n")
	var said string
	if words, ok := why.(elsewhere); ok { //nolint:errorlint // nothing wraps it
		return string(words)
	}
	switch {
	case why == errMemory || strings.HasPrefix(head, "memory "): //nolint:errorlint // nothing wraps it
		said = fmt.Sprintf("memory: the answer takes more than %s, and was ended", humanMemory(Memory()))
	case why == errStopped: //nolint:errorlint // nothing wraps it
		return "hang: the answer has stopped the test binary, as SIGSTOP does; it was killed"
	case stuck == "":
		return fmt.Sprintf("hang: the tests did not come to an end within %v, and had to be killed", b.limit())
	default:
		said = fmt.Sprintf("hang: the tests did not come to an end within %v", b.limit())
	}
	var count int
	if _, err := fmt.Sscanf(head, "memory %d", &count); err == nil && count > 10_000 {
		said += fmt.Sprintf("; %d goroutines are there", count)
	}
	if where := lesson.Stacks(traces, b.answered); where != "" {
		said += ":\n" + where
	}
	return said
}

// after is what was wrong although no test failed: what was said outside of
// any test.
func (b *bench) after(passed bool, output string) string {
	var places []string
	for _, m := range frameLine.FindAllStringSubmatch(output, -1) {
		if place := filepath.Base(m[1]) + ":" + m[2]; b.answered(m[1]) && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	if passed && strings.Contains(output, "goleak: ") {
		return "leak: all tests are over, and goroutines are left: " + strings.Join(places, ", ")
	}
	var kept []string
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); line != "" && line != "PASS" && line != "FAIL" && !strings.HasPrefix(line, "FAIL\t") {
			kept = append(kept, line)
		}
	}
	if passed {
		return strings.TrimSpace("all tests passed, and then the test binary failed\n" + fold(kept))
	}
	return strings.TrimSpace("the test binary ended before its first test\n" + fold(kept))
}
