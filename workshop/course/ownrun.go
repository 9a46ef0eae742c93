package course

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/asyncio-to-go/workshop/lesson"
)

// OwnRun is what the answer did in the test; nil if the test does not tell.
func (t Test) OwnRun() *lesson.Run {
	var r lesson.Run
	if t.Run == "" || json.Unmarshal([]byte(t.Run), &r) != nil || len(r.Lines) == 0 {
		return nil
	}
	return &r
}

// besideSolution gives the first failed test that tells its run the solution's
// run of the same bubble, if the test did not compare with the solution itself.
// It leaves the result as it is where the solution's run cannot be had.
func (l Lesson) besideSolution(ctx context.Context, found *Result) {
	for i, t := range found.Tests {
		run := t.OwnRun()
		if t.State() != Wrongly || run == nil {
			continue
		}
		if run.Solution != nil || run.Bubble == 0 {
			return
		}
		b, err := l.newBench(map[string]string{"exercise.go": l.Solution()})
		if err != nil {
			return
		}
		defer b.close()
		b.args = []string{fmt.Sprintf("-lesson.bubble=%d", run.Bubble)}
		r, err := b.run(ctx, nil, "-vet=off", "-run=^"+regexp.QuoteMeta(t.Name)+"$")
		if err != nil {
			return
		}
		for _, same := range r.Tests {
			theirs := same.OwnRun()
			if same.Name != t.Name || theirs == nil {
				continue
			}
			run.Solution = theirs.Lines
			if text, err := json.Marshal(run); err == nil {
				found.Tests[i].Run = string(text)
			}
		}
		return
	}
}

// Fails is what a wrong answer of the gallery does in the first test that
// rejects it and tells its run, beside what the solution does there: rather in
// the test that says what the gallery promises. It is nil where no such test
// tells a run, or where only the race detector or the stretched answer shows the mistake.
func (l Lesson) Fails(ctx context.Context, w WrongAnswer) (*Said, error) {
	b, err := l.newBench(map[string]string{"exercise.go": filepath.Join(l.Root, filepath.FromSlash(w.File))})
	if err != nil {
		return nil, err
	}
	defer b.close()
	found, err := b.sweep(ctx, nil, "-vet=off")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found.Tests, func(a, b Test) int { return b.says(w.Says) - a.says(w.Says) })
	l.besideSolution(ctx, &found)
	for _, said := range l.Show(found).Tests {
		if said.State == Wrongly && said.Run != nil {
			return &said, nil
		}
	}
	return nil, ctx.Err()
}

// says is 1 if the test fails with these words, and tells its run; otherwise 0.
func (t Test) says(words string) int {
	if t.State() == Wrongly && t.OwnRun() != nil && strings.Contains(t.Message, words) {
		return 1
	}
	return 0
}
