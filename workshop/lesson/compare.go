package lesson

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const tenth = 100 * time.Millisecond

// Compare says in one line how a real run differs from the transcript, and why
// that is legal; legal is false where it is not. Printed is what the run printed,
// with colours or without.
//
// Lines of one instant may come in another order where nothing orders them, and a
// line may come late: a timer fires late on a busy machine, but never early. What
// each task says is always the same.
func (t *Telling) Compare(printed string) (words string, legal bool) {
	wrong := func(format string, args ...any) (string, bool) {
		return "This run differs from the transcript, and should not: " + fmt.Sprintf(format, args...) + ".", false
	}
	run, told := ReadTranscript(printed), t.Transcript()
	at := make([]int, len(t.Events)) // where each line of the transcript is in the run
	for i, e := range t.Events {
		n := told[:i+1].times(e.Line, math.MaxInt64)
		if at[i] = run.nth(e.Line, n); at[i] < 0 {
			return wrong("%s does not say %q", e.Task, e.Text)
		}
	}
	for _, l := range run {
		if run.times(l, math.MaxInt64) > told.times(l, math.MaxInt64) {
			return wrong("%s says %q", l.Task, l.Text)
		}
	}
	late, most := 0, time.Duration(0)
	for i, e := range t.Events {
		slip := run[at[i]].At - e.At.Truncate(tenth)
		if slip < 0 && !t.Captured {
			return wrong("%s says %q %.1f s early", e.Task, e.Text, -slip.Seconds())
		}
		if slip > 0 {
			late++
		}
		most = max(most, slip)
	}
	moved := make(map[int]bool)
	for i, a := range t.Events {
		for j, b := range t.Events[i+1:] {
			j += i + 1
			if at[i] < at[j] {
				continue
			}
			if apart := b.At - a.At; !t.Captured && apart > most || apart == 0 && !t.untied(a, b) {
				return wrong("%q comes before %q", b.Text, a.Text)
			}
			moved[i], moved[j] = true, true
		}
	}
	var how []string
	if len(moved) > 0 {
		how = append(how, fmt.Sprintf("%d lines changed places, and nothing orders them", len(moved)))
	}
	switch {
	case late > 0 && t.Captured:
		how = append(how, "the times are this machine's")
	case late > 0:
		how = append(how, fmt.Sprintf("%s came up to %.1f s late, and a busy machine's timers do", count(late, "line"), most.Seconds()))
	}
	if len(how) == 0 {
		return "This run printed exactly the transcript.", true
	}
	return "This run differs from the transcript, as it may: " + strings.Join(how, "; ") + ".", true
}

// untied reports whether a and b, of one instant, come in either order.
func (t *Telling) untied(a, b Event) bool {
	if t.Captured {
		return true
	}
	tied := func(e Event) bool {
		for _, events := range append([][]Event{t.Events}, t.Orders...) {
			if slices.ContainsFunc(events, func(o Event) bool { return o.Tied && o.At == e.At && o.Task == e.Task && o.Text == e.Text }) {
				return true
			}
		}
		return false
	}
	return tied(a) || tied(b)
}

// nth is the place of the n-th line that says what l says; -1 without one.
func (t Transcript) nth(l Line, n int) int {
	for i, other := range t {
		if other.Task == l.Task && other.Text == l.Text {
			if n--; n == 0 {
				return i
			}
		}
	}
	return -1
}

// times is how often what l says is said until at.
func (t Transcript) times(l Line, at time.Duration) int {
	n := 0
	for _, other := range t {
		if other.Task == l.Task && other.Text == l.Text && other.At <= at {
			n++
		}
	}
	return n
}

var (
	clockShown = regexp.MustCompile(`^ *(\d+)\.(\d)s  \S`)
	colours    = regexp.MustCompile("\x1b\\[[0-9;]*m")
)

// ReadTranscript reads the lines that a story has printed, with colours or
// without, and leaves out all else.
func ReadTranscript(printed string) Transcript {
	var said Transcript
	for line := range strings.Lines(colours.ReplaceAllString(printed, "")) {
		line = strings.TrimRight(line, "\r\n")
		clock := clockShown.FindStringSubmatch(line)
		const task, text = 9, 21
		if clock == nil || len([]rune(line)) <= text {
			continue
		}
		r := []rune(line)
		end := text - 2 // a name of more than ten letters makes the line longer
		for end < len(r) && r[end] != ' ' {
			end++
		}
		seconds, _ := strconv.Atoi(clock[1]) // the pattern has digits
		tenths, _ := strconv.Atoi(clock[2])
		said = append(said, Line{
			At:   time.Duration(seconds)*time.Second + time.Duration(tenths)*tenth,
			Task: strings.TrimSpace(string(r[task:end])), Text: strings.TrimPrefix(string(r[end:]), "  "),
		})
	}
	return said
}
