package learner

import (
	"os"
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
// diff; empty if they are the same. The contract in the stub's comments, which
// the solution does not repeat, is left out.
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
	return udiff.Unified("your answer", "the solution", without(string(mine), contract(string(stub), string(right))), string(right)), nil
}

// contract are the lines of comments that only the stub has.
func contract(stub, solution string) map[string]bool {
	lines := make(map[string]bool)
	for line := range strings.Lines(stub) {
		if strings.HasPrefix(line, "//") {
			lines[line] = true
		}
	}
	for line := range strings.Lines(solution) {
		delete(lines, line)
	}
	return lines
}

// without is a text without some of its lines.
func without(text string, lines map[string]bool) string {
	var b strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if !lines[line] {
			b.WriteString(line)
		}
	}
	return b.String()
}
