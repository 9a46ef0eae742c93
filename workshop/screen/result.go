package screen

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// summary is a check's result in a line.
func (o *outcome) summary() string {
	count := make(map[string]int)
	for _, t := range o.Tests {
		count[t.State()]++
	}
	switch wrong, toDo := count[course.Wrongly], count[course.ToDo]; {
	case o.err != nil:
		return bad.Bold(true).Render("✗ could not be checked")
	case o.Passed():
		right := good.Bold(true).Render(fmt.Sprintf("✓ RIGHT: %s", plural(len(o.Tests), "test passes", "tests pass")))
		if o.NoRace != "" {
			right += warn.Render("; race detector: not run, " + o.NoRace)
		}
		return right
	case o.NotCompiled:
		return bad.Bold(true).Render("✗ does not compile" + o.where())
	case o.Vetted:
		return bad.Bold(true).Render("✗ WRONG: go vet finds a mistake" + o.where())
	case o.Broken != "":
		return bad.Bold(true).Render("✗ WRONG: the tests could not run to their end")
	case toDo > 0 && toDo+count[course.Unrun] == len(o.Tests): // the exam waits for the other tests
		return "· nothing is written yet"
	case wrong == 0:
		return warn.Render(fmt.Sprintf("~ %d of %d not written yet", toDo, len(o.Tests)))
	default:
		says := fails(wrong, len(o.Tests))
		if n := count[course.Unrun]; n > 0 {
			says += fmt.Sprintf(", %d not run", n)
		}
		return bad.Bold(true).Render("✗ WRONG: " + says)
	}
}

// compiled is where the compiler or go vet finds something wrong.
var compiled = regexp.MustCompile(`(?m)^(?:\S*/)?(\w+\.go:\d+):\d+: `)

// where is the place that Broken names, one in the learner's own file if there
// is one, as it follows a heading; empty if it names none.
func (o *outcome) where() string {
	first := ""
	for _, m := range compiled.FindAllStringSubmatch(o.broke.text, -1) {
		if strings.HasPrefix(m[1], "exercise.go:") {
			return ": " + m[1]
		}
		first = cmp.Or(first, ": "+m[1])
	}
	return first
}

func fails(wrong, all int) string {
	if wrong == 1 {
		return fmt.Sprintf("1 of %d tests fails", all)
	}
	return fmt.Sprintf("%d of %d tests fail", wrong, all)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "the " + one
	}
	return fmt.Sprintf("all %d %s", n, many)
}

// report is a check's result: what is wrong on top, with the learner's own
// lines; what is right below.
func (m *model) report(o *outcome, width int) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if o.err != nil {
		line("%s\n", wrap(plain(o.err.Error()), width, "", ""))
	}
	if o.Broken != "" {
		line("%s", said(o.broke.text, width))
		line("%s", quoted(o.broke.quoted, width))
		if o.conflict { // as after a pull that changed a contract in the middle of his work
			line("%s\n", wrap(course.ConflictMeans, width, "", ""))
		}
	}
	before, ran := "", false
	for i, t := range o.Tests {
		if t.State() != course.Wrongly || t.Message == o.Broken {
			continue
		}
		line("%s", wrap(bad.Bold(true).Render(t.Sentence()), width, testMark(t)+" ", "  "))
		if told := o.told[i]; told.words == before {
			line("  %s\n", faint.Render("says the same"))
		} else {
			before = told.words
			line("%s", said(told.text, width))
			line("%s", quoted(told.quoted, width))
			if t.Raw != "" {
				line("  %s\n", faint.Render("m shows the whole report"))
			}
			if told.run != nil && !ran { // of the first cause; the others follow from it
				ran = true
				line("%s", drawRun(told.run, width))
			}
		}
	}
	for _, state := range []string{course.Unrun, course.ToDo, course.OK} {
		some := false
		for _, t := range o.Tests {
			if t.State() == state {
				if state == course.Unrun && !some {
					line("%s", wrap(faint.Render(plain(t.Words())), width, "", ""))
				}
				some = true
				line("%s", wrap(t.Sentence(), width, testMark(t)+" ", "  "))
			}
		}
		if some {
			line("")
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// said is a test's message.
func said(message string, width int) string {
	var lines []string
	before, same := "", 0
	again := func() {
		if same > 0 {
			lines = append(lines, "  "+faint.Render(fmt.Sprintf("and %d more that say the same", same)))
		}
		same = 0
	}
	for line := range strings.Lines(strings.TrimRight(plain(message), "\n")) {
		line = strings.TrimRight(line, "\n")
		if at := compiled.FindStringIndex(line); at != nil {
			if line[at[1]:] == before {
				same++
				continue
			}
			before = line[at[1]:]
		}
		again()
		indent := strings.Repeat(" ", min(6, 2+len(line)-len(strings.TrimLeft(line, " "))))
		lines = append(lines, wrap(strings.TrimLeft(line, " "), width, indent, indent))
	}
	again()
	return strings.Join(lines, "\n")
}

// quoted are the learner's own lines, below a message.
func quoted(lines []course.SourceLine, width int) string {
	var b strings.Builder
	for _, l := range lines {
		gutter := fmt.Sprintf("%6d │ ", l.Number)
		b.WriteString(wrap(highlightGo(plain(l.Text)), width, faint.Render(gutter), faint.Render("       │ ")) + "\n")
	}
	return b.String()
}

// onward says what to do when the answer is right.
func (m *model) onward(width int) string {
	var b strings.Builder
	l := m.here()
	key := func(k, format string, args ...any) {
		b.WriteString(wrap(fmt.Sprintf(format, args...), width, bold.Render(k)+"  ", "   ") + "\n")
	}
	key("w", "%s wrong answers that people write", strings.ToLower(number(len(l.WrongAnswers()))))
	key("s", "what the solution does otherwise")
	if m.at+1 < len(m.lessons) {
		key("n", "on to %s, %s", m.lessons[m.at+1].ID(), m.lessons[m.at+1].title)
	}
	if further := l.Section("Go further"); further != "" {
		b.WriteString("\n" + heading("To read next", width) + "\n" + markdown(further, width) + "\n")
	}
	return b.String()
}

// lessonText is all that is to say about the lesson in view.
func (m *model) lessonText(width int) string {
	l := m.here()
	var b strings.Builder
	section := func(title, text string) {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(heading(title, width) + "\n" + text + "\n\n")
		}
	}
	known, old := m.outcomes[l.Dir], false
	if m.run != nil {
		if now := m.run.soFar(); len(now.Tests) > 0 {
			known = now
		} else {
			old = known != nil // it compiles
		}
	}
	switch {
	case known == nil:
	case old && !nothing(known):
		b.WriteString(dimmed(m.report(known, width)) + "\n")
	case m.run == nil && known.err == nil && known.Passed():
		b.WriteString(m.onward(width) + "\n")
		section("What was proved", m.report(known, width))
	case !nothing(known):
		b.WriteString(m.report(known, width) + "\n")
	}
	if l.state == learner.NotBegun && (known == nil || nothing(known)) {
		b.WriteString(m.steps(width) + "\n")
	}
	section("The question", markdown(l.Question(), width))
	switch l.state {
	case learner.None:
		b.WriteString(wrap(faint.Render("This lesson has a story and no exercise. r tells it."), width, "", "") + "\n")
	default:
		section("Your turn", contract(l.Lesson, width))
		b.WriteString(wrap(faint.Render("Write it in "+l.Exercise()+" and save; o opens it."), width, "", "") + "\n\n")
	}
	if known != nil && nothing(known) {
		section("What the tests ask", m.report(known, width))
	}
	return strings.TrimRight(b.String(), "\n")
}

// steps are what to do with a lesson that is not begun, below what the workshop
// is where no lesson is begun.
func (m *model) steps(width int) string {
	var b strings.Builder
	if !slices.ContainsFunc(m.lessons, func(l entry) bool { return l.state != learner.NotBegun && l.state != learner.None }) {
		b.WriteString(wrap("Concurrency in Go for people who know asyncio: each lesson tells a story in both, then you write some Go, and tests check each save.", width, "", "") + "\n\n")
	}
	for i, step := range []struct{ what, key, how string }{
		{"read", "v", "the lesson's page"},
		{"watch", "r", "its story, as it happens"},
		{"write and save", "o", m.here().Exercise()},
	} {
		b.WriteString(wrap(bold.Render(step.what+" ("+step.key+")")+": "+step.how, width, fmt.Sprintf(" %d  ", i+1), "    ") + "\n")
	}
	return b.String()
}

// dimmed is a text that does not hold any more.
func dimmed(text string) string {
	lines := strings.Split(ansi.Strip(text), "\n")
	for i := range lines {
		lines[i] = faint.Render(lines[i])
	}
	return strings.Join(lines, "\n")
}

// nothing reports whether nothing is written yet.
func nothing(o *outcome) bool {
	if o.err != nil || o.Broken != "" {
		return false
	}
	for _, t := range o.Tests {
		if t.State() != course.ToDo {
			return false
		}
	}
	return true
}

func heading(title string, width int) string {
	return faint.Render("── " + title + " " + strings.Repeat("─", max(0, width-len(title)-4)))
}
