package learner

import (
	"os"

	"github.com/aymanbagabas/go-udiff"

	"example.com/asyncio-to-go/workshop/lesson/course"
)

// MaySeeSolution reports whether it is time for the solution of a lesson: the
// answer is right, all hints were shown, or it was asked for before.
func (p *Progress) MaySeeSolution(l course.Lesson) bool {
	d := p.Of(l)
	return p.State(l) == Right || d.Hints >= len(l.Hints()) || d.Asked > 0
}

// Compare is the way from the learner's answer to the solution, as a unified
// diff; empty if they are the same.
func Compare(l course.Lesson) (string, error) {
	mine, err := os.ReadFile(answer(l))
	if err != nil {
		return "", err
	}
	right, err := os.ReadFile(l.Solution())
	if err != nil {
		return "", err
	}
	return udiff.Unified("your answer", "the solution", string(mine), string(right)), nil
}
