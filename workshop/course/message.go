package course

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// raceDetected is how package testing fails a test that had a race.
const raceDetected = "race detected during execution of test"

var (
	// sayings are what tests say by t.Error and its like: behind a place, or in the lines below it.
	saying = regexp.MustCompile(`^(.*?) {4,}((?:\w+_test|testing|bubble)\.go:\d+): (.*)$`)
	below  = regexp.MustCompile(`^ {8}(.*)$`)
	report = regexp.MustCompile(`^ *(=== (RUN|NAME|CONT|PAUSE|ATTR) |--- (PASS|FAIL|SKIP): )`)
)

// A statement is what a line of a test has said, once or often.
type statement struct {
	place, text string
	times       int
	varies      bool // it was not always the same
}

func (s statement) String() string {
	text := s.place + ": " + s.text
	switch {
	case s.times == 1:
		return text
	case s.varies:
		return fmt.Sprintf("%s\n(and %s more like it)", text, thousands(s.times-1))
	default:
		return fmt.Sprintf("%s\n(%s times)", text, thousands(s.times))
	}
}

// message is what a test said, the first cause on top: what ended it, if
// anything did; then what it said itself, each place once; last what the answer
// printed.
func (b *bench) message(name, output, cause string) string {
	var said []statement
	var printed []string
	at := -1 // the statement whose lines go on
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		if m := saying.FindStringSubmatch(line); m != nil {
			if strings.TrimSpace(m[1]) != "" {
				printed = append(printed, m[1])
			}
			if at = -1; m[3] != raceDetected {
				said, at = append(said, statement{place: m[2], text: m[3], times: 1}), len(said)
			}
			continue
		}
		if m := below.FindStringSubmatch(line); m != nil && at >= 0 {
			said[at].text += "\n    " + m[1]
			continue
		}
		at = -1
		if strings.TrimSpace(line) != "" && (!report.MatchString(line) || !strings.Contains(line, name)) {
			printed = append(printed, line)
		}
	}
	var parts []string
	if cause != "" {
		parts = append(parts, cause)
	}
	for _, s := range merged(said) {
		parts = append(parts, s.String())
	}
	if len(printed) > 0 {
		if len(parts) > 0 {
			parts = append(parts, "printed:")
		}
		parts = append(parts, fold(printed))
	}
	if len(parts) == 0 {
		return "it failed, and does not say why: what the answer prints looks like a test's own output"
	}
	text := b.outside(b.loops(strings.Join(parts, "\n")))
	return Printable(strings.ReplaceAll(text, "%!q(<nil>)", "no error")) // of a test that forgot that there may be none
}

// merged are statements, those of one place together.
func merged(all []statement) []statement {
	var some []statement
	for _, s := range all {
		at := slices.IndexFunc(some, func(known statement) bool { return known.place == s.place })
		if at < 0 {
			some = append(some, s)
			continue
		}
		some[at].times++
		some[at].varies = some[at].varies || some[at].text != s.text
	}
	return some
}

// fold is lines, those that repeat once, with their count.
func fold(lines []string) string {
	var kept []string
	for i := 0; i < len(lines); {
		j := i + 1
		for j < len(lines) && lines[j] == lines[i] {
			j++
		}
		line := lines[i]
		if n := j - i; n > 1 {
			line = fmt.Sprintf("%s (%s times)", cut(line), thousands(n))
		}
		kept, i = append(kept, line), j
	}
	return strings.Join(kept, "\n")
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// longest is how much of a line is shown.
const longest = 2000

// cut is a line of at most 2,000 letters.
func cut(line string) string {
	if utf8.RuneCountInString(line) <= longest {
		return line
	}
	return string([]rune(line)[:longest]) + " [this line is longer than 2,000 letters]"
}

// Printable is a text in which control characters are shown instead of
// followed by a terminal, and long lines are cut.
func Printable(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		var b strings.Builder
		for _, r := range cut(strings.TrimSuffix(line, "\r")) {
			switch {
			case r == '\t' || r == ' ' || unicode.IsPrint(r):
				b.WriteRune(r)
			default:
				shown := strconv.QuoteRune(r)
				b.WriteString(shown[1 : len(shown)-1])
			}
		}
		lines[i] = b.String()
	}
	return strings.Join(lines, "\n")
}
