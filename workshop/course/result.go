package course

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// A Result is what a check found.
type Result struct {
	Tests       []Test // in the order in which they ended
	Broken      string // why the tests did not run, or the binary failed around them; empty if it did not
	NotCompiled bool   // Broken is what the compiler says
	Vetted      bool   // Broken is what go vet says: it compiles
	Raced       bool   // the tests ran under the race detector, too
	NoRace      string // why the race detector did not run although all tests passed
	Elapsed     time.Duration
	SHA256      string // of the learner's files that were tested; empty if one was saved meanwhile, so that it is not known which

	crashed   string // the test in which the test binary ended, without a word of the others
	goCrashed bool   // a signal ended the test binary in Go's own code
	hung      bool   // the tests behind it did not run
}

// A Test is one test of a Result.
type Test struct {
	Name    string
	Running bool // it has begun, and no more is known; in no Result
	Passed  bool
	Skipped bool   // it gave up: not passed
	NotRun  bool   // the answer hangs, or has ended the test binary before it
	Message string // what the test said, the first cause on top
	Raw     string // what the message was made from, if it leaves much out: the race detector's report, a crash's stacks
	Run     string // what the answer did in the test: the value of the test's attribute "run", as package lesson writes it
}

// notWritten is what a stub's panic says.
const notWritten = "not written yet"

// NotWritten reports whether the test failed because the answer is missing. A
// panic says so; what an answer prints does not count.
func (t Test) NotWritten() bool { return !t.Passed && unwritten.MatchString(t.Message) }

var unwritten = regexp.MustCompile(`\A(?:\w+\.go:\d+: )?(?:panic: )?` + notWritten)

// What a test says of an answer.
const (
	OK      = "ok"
	ToDo    = "to do"
	Wrongly = "wrong"
	Unrun   = "not run" // nothing is known
)

// State is one of OK, ToDo, Wrongly and Unrun.
func (t Test) State() string {
	switch {
	case t.Passed:
		return OK
	case t.NotWritten():
		return ToDo
	case t.NotRun, t.Running:
		return Unrun
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

// Words are the message without the places in the tests that it comes from: two
// tests may say the same in different places.
func (t Test) Words() string { return position.ReplaceAllString(t.Message, "") }

var position = regexp.MustCompile(`(?m)^\w+\.go:\d+: `)

// Passed reports whether every test ran and passed.
func (r Result) Passed() bool {
	for _, t := range r.Tests {
		if !t.Passed {
			return false
		}
	}
	return r.Broken == "" && len(r.Tests) > 0
}

// Grouped are the tests as a reader sees them: those that are wrong and say the
// same stand together.
func (r Result) Grouped() [][]Test {
	var groups [][]Test
	said := make(map[string]int)
	for _, t := range r.Tests {
		at, same := said[t.Words()]
		switch {
		case t.State() != Wrongly:
			groups = append(groups, []Test{t})
		case same:
			groups[at] = append(groups[at], t)
		default:
			said[t.Words()] = len(groups)
			groups = append(groups, []Test{t})
		}
	}
	return groups
}

// Summary is what a check has found, in one line without its end.
func (r Result) Summary() string {
	count := make(map[string]int)
	for _, t := range r.Tests {
		count[t.State()]++
	}
	switch {
	case r.Passed():
		return fmt.Sprintf("Right: all %d tests pass", len(r.Tests))
	case r.NotCompiled:
		return "It does not compile"
	case r.Vetted:
		return "It compiles, but go vet finds a mistake"
	case r.Broken != "":
		return "The tests could not run to their end"
	case count[ToDo] > 0 && count[ToDo]+count[Unrun] == len(r.Tests):
		return "Nothing is written yet"
	}
	unrun := ""
	if n := count[Unrun]; n > 0 {
		unrun = fmt.Sprintf(", %d not run", n)
	}
	return fmt.Sprintf("%d right, %d wrong, %d not written yet%s", count[OK], count[Wrongly], count[ToDo], unrun)
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
