package learner

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"example.com/asyncio-to-go/workshop/course"
)

// MaySeeSolution reports whether it is time for the solution of a lesson: the
// answer is right, all hints were shown, or it was asked for before.
func (p *Progress) MaySeeSolution(l course.Lesson) bool {
	d := p.Of(l)
	return p.State(l) == Right || d.Hints >= len(l.Hints()) || d.Asked > 0
}

// Compare is the way from the learner's answer to the solution, as a unified
// diff; empty if they are the same but for comments. The contract is left out:
// whether the learner kept, changed or deleted its comments is no difference.
func Compare(l course.Lesson) (string, error) {
	mine, err := os.ReadFile(l.Answer())
	if err != nil {
		return "", err
	}
	right, err := os.ReadFile(l.Solution())
	if err != nil {
		return "", err
	}
	stub, err := os.ReadFile(l.Stub())
	if err != nil {
		return "", err
	}
	contract := commentsOf(string(stub))
	return udiff.Unified("your answer", "the solution", contract.leaveOut(string(mine)), contract.leaveOut(string(right))), nil
}

// comments are those of a stub.
type comments struct {
	lines  map[string]bool   // those that have a line of their own
	behind map[string]string // those behind code, by the code
}

func commentsOf(stub string) comments {
	c := comments{make(map[string]bool), make(map[string]string)}
	for line := range strings.Lines(strings.ReplaceAll(stub, "\r\n", "\n")) {
		switch code, _, commented := strings.Cut(line, "//"); {
		case !commented:
		case strings.TrimSpace(code) == "":
			c.lines[strings.TrimSpace(line)] = true
		default:
			c.behind[squeezed(code)] = line
		}
	}
	return c
}

// leaveOut is a text without what documents it and without the comments' own
// lines; what stood behind code stands there again.
func (c comments) leaveOut(text string) string {
	var b strings.Builder
	before := ""
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if strings.HasPrefix(line, "//") || c.lines[strings.TrimSpace(line)] {
			continue
		}
		if code, _, _ := strings.Cut(line, "//"); c.behind[squeezed(code)] != "" {
			line = c.behind[squeezed(code)]
		}
		if line == "\n" && (before == "\n" || before == "") { // comments stood between
			continue
		}
		before = line
		b.WriteString(line)
	}
	return b.String()
}

// squeezed is code without its blanks, which gofmt sets anew when a comment goes.
func squeezed(code string) string { return strings.Join(strings.Fields(code), " ") }

// Mistake is the way from the solution to a wrong answer, as a unified diff
// without its head.
func Mistake(l course.Lesson, wrong course.WrongAnswer) (string, error) {
	right, err := os.ReadFile(l.Solution())
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(l.Root, filepath.FromSlash(wrong.File)))
	if err != nil {
		return "", err
	}
	diff := udiff.Unified("the solution", "a wrong answer", comments{}.leaveOut(string(right)), comments{}.leaveOut(string(source)))
	_, diff, _ = strings.Cut(diff, "+++ a wrong answer\n")
	return diff, nil
}
