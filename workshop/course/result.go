package course

import (
	"regexp"
	"strings"
	"time"
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

// Says reports whether a test that failed, or what stopped the tests, says text.
func (r Result) Says(text string) bool {
	for _, t := range r.Tests {
		if !t.Passed && strings.Contains(t.Message, text) {
			return true
		}
	}
	return strings.Contains(r.Broken, text)
}
