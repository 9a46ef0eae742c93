package course

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

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
