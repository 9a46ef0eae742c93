package room

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// A Person is how far a learner is, and what the machine has.
type Person struct {
	Name    string    `json:"name"`
	Right   []string  `json:"right"`             // the exercises that are right: 1.1
	At      string    `json:"at,omitempty"`      // the exercise at which he is; empty: all are right
	Checks  int       `json:"checks,omitempty"`  // how often he has checked that one
	Checked time.Time `json:"checked,omitzero"`  // when he checked any exercise last
	Failing []string  `json:"failing,omitempty"` // the tests of At that failed in its last check, and not because nothing is written
	Broken  bool      `json:"broken,omitempty"`  // its last check could not run the tests to their end
	Problem string    `json:"problem,omitempty"` // why nothing else is known

	Machine Machine `json:"machine,omitzero"`
}

// A Machine is what the workshop needs of a computer. What is not known is empty.
type Machine struct {
	Go     string `json:"go,omitempty"`     // 1.26.8
	OS     string `json:"os,omitempty"`     // linux/amd64
	Race   string `json:"race,omitempty"`   // yes, no
	Python string `json:"python,omitempty"` // 3.11.7, no
	Cache  string `json:"cache,omitempty"`  // warm, cold
}

// Look sees how far the learner is in the workshop at a root. It writes nothing
// there.
func Look(root, name string) (Person, error) {
	p := Person{Name: name, Right: []string{}}
	lessons, err := course.Lessons(root)
	if err != nil {
		return p, err
	}
	progress, problem := learner.Read(root)
	if problem != "" {
		p.Problem = "progress.json " + problem
	}
	var at, next *course.Lesson // what he checked last, and the first that is not right
	var last time.Time
	for _, l := range lessons {
		state, done := progress.State(l), progress.Of(l)
		if done.At.After(p.Checked) {
			p.Checked = done.At
		}
		switch state {
		case learner.None:
		case learner.Right:
			p.Right = append(p.Right, l.ID())
		default:
			if next == nil {
				next = &l
			}
			if state != learner.NotBegun && done.At.After(last) {
				at, last = &l, done.At
			}
		}
	}
	if at == nil {
		at = next
	}
	if at == nil {
		return p, nil
	}
	done := progress.Of(*at)
	p.At, p.Checks = at.ID(), done.Checks
	if progress.State(*at) == learner.NotBegun {
		return p, nil
	}
	for _, test := range done.Failing {
		if done.Failures[test] > 0 { // the others say "not written yet"
			p.Failing = append(p.Failing, test)
		}
	}
	p.Broken = done.Checks > 0 && !done.Right && len(done.Failing) == 0
	return p, nil
}

// Lines of people begin with this; what follows are fields, key=value, without
// any order. Another version's number means that a field means something else.
const (
	lineName    = "asyncio-to-go"
	lineVersion = "1"
	lineTime    = "2006-01-02T15:04Z"
	lineEnd     = "end"
	broken      = "(broken)" // in place of the tests that failed
	quotes      = "`\"'"
)

// Line is the person as one line of text, to be pasted. It has neither a path
// nor anything else of the machine than what a Person shows.
func (p Person) Line() string {
	fields := []string{lineName, lineVersion}
	add := func(key, value string) {
		if value != "" {
			fields = append(fields, key+"="+clean(value))
		}
	}
	add("name", p.Name)
	add("go", p.Machine.Go)
	add("os", p.Machine.OS)
	add("race", p.Machine.Race)
	add("python", p.Machine.Python)
	add("cache", p.Machine.Cache)
	add("right", strings.Join(p.Right, ","))
	add("at", p.At)
	if p.Checks > 0 {
		add("checks", fmt.Sprint(p.Checks))
	}
	if !p.Checked.IsZero() {
		add("checked", p.Checked.UTC().Format(lineTime))
	}
	failing := strings.Join(p.Failing, ",")
	if p.Broken {
		failing = broken
	}
	add("failing", failing)
	return strings.Join(append(fields, lineEnd), " ")
}

// CutOff is the Problem of a line whose rest is not there.
const CutOff = "the line is cut off"

// ErrNoLine is what [ParseLine] returns for a text that [Person.Line] has not
// written.
var ErrNoLine = errors.New("no line of doctor")

// ParseLine reads what Line wrote. What stands before it does not matter, such
// as the name that a chat puts there. Keys that it does not know are left out. A line
// that ends before it says where the person is gets a Problem.
func ParseLine(text string) (Person, error) {
	p := Person{Right: []string{}}
	_, fields, found := strings.Cut(text, lineMark)
	if !found {
		return p, ErrNoLine
	}
	for field := range strings.FieldsSeq(fields) {
		key, value, found := strings.Cut(field, "=")
		if value = clean(strings.Trim(value, quotes)); !found || value == "" {
			continue
		}
		switch key {
		case "name":
			p.Name = value
		case "go":
			p.Machine.Go = value
		case "os":
			p.Machine.OS = value
		case "race":
			p.Machine.Race = value
		case "python":
			p.Machine.Python = value
		case "cache":
			p.Machine.Cache = value
		case "right":
			p.Right = strings.Split(value, ",")
			slices.Sort(p.Right)
			p.Right = slices.Compact(p.Right)
		case "at":
			p.At = value
		case "checks":
			_, _ = fmt.Sscan(value, &p.Checks) // 0 is as good as any
		case "checked":
			p.Checked, _ = time.Parse(lineTime, value) // so is never
		case "failing":
			if p.Broken = value == broken; !p.Broken {
				p.Failing = strings.Split(value, ",")
			}
		}
	}
	if p.Name == "" {
		return p, ErrNoLine
	}
	if p.At == "" && !ended(text) {
		p.Problem = CutOff
	}
	return p, nil
}

// longestField is more than any honest field has.
const longestField = 2000

// clean makes a word of a value: its origin is unknown, and goes to a
// terminal.
func clean(value string) string {
	value = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return '_'
		case !unicode.IsPrint(r):
			return -1
		default:
			return r
		}
	}, strings.Join(strings.Fields(value), " "))
	if len(value) > longestField {
		value = strings.ToValidUTF8(value[:longestField], "")
	}
	return value
}

// Names are short names for folders of workshops: what tells their paths apart.
func Names(dirs []string) []string {
	split := make([][]string, len(dirs))
	for i, dir := range dirs {
		split[i] = strings.Split(strings.Trim(dir, "/"), "/")
	}
	same := func(at func(path []string) string) bool {
		for _, s := range split {
			if len(s) < 2 || at(s) != at(split[0]) {
				return false
			}
		}
		return len(split) > 1
	}
	first := func(path []string) string { return path[0] }
	last := func(path []string) string { return path[len(path)-1] }
	for same(first) {
		for i := range split {
			split[i] = split[i][1:]
		}
	}
	for same(last) {
		for i := range split {
			split[i] = split[i][:len(split[i])-1]
		}
	}
	names := make([]string, len(dirs))
	for i, s := range split {
		if names[i] = strings.Join(s, "/"); len(dirs) == 1 {
			names[i] = path.Base(dirs[i])
		}
	}
	return names
}

// A Failure is a test that fails for some of a room.
type Failure struct {
	Lesson string   `json:"lesson"`
	Test   string   `json:"test"`
	People []string `json:"people"`
}

// Failures are the tests that fail, those that fail for most people first.
func Failures(people []Person) []Failure {
	all := []Failure{}
	for _, p := range people {
		for _, test := range p.Failing {
			i := slices.IndexFunc(all, func(f Failure) bool { return f.Lesson == p.At && f.Test == test })
			if i < 0 {
				i, all = len(all), append(all, Failure{Lesson: p.At, Test: test})
			}
			if !slices.Contains(all[i].People, p.Name) {
				all[i].People = append(all[i].People, p.Name)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Failure) int { return len(b.People) - len(a.People) })
	return all
}
