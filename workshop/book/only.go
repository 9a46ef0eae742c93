package main

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
)

// An exception is what a browser does not do as a real machine does: an exercise
// that does not build for it, or an answer of which its tests say something else.
type exception struct {
	Lesson string // 1.2
	Answer string // the exercise, or a file of _wrong
	Says   string // the compiler, or the tests in the browser
}

const wholeExercise = "the exercise"

// exceptional is a line of the table of docs/lab.md that the run of all answers
// in the tab's engine writes.
var exceptional = regexp.MustCompile(`(?m)^\| (\d+\.\d+(?:/\w+)?) \| (the exercise|_\w+/[\w.-]+) \| (.+) \|$`)

func (s *site) exceptions(l *course.Lesson) (all []exception) {
	text, err := s.read(labPage)
	if err != nil {
		return nil
	}
	for _, m := range exceptional.FindAllStringSubmatch(string(text), -1) {
		if m[1] == l.ID() {
			all = append(all, exception{m[1], m[2], m[3]})
		}
	}
	return all
}

// onlyHere are the mistakes of a lesson that only a real machine finds, in words.
func (s *site) onlyHere(l *course.Lesson) (all []string) {
	known := s.exceptions(l)
	for _, w := range l.Gallery() {
		if slices.ContainsFunc(known, func(e exception) bool { return e.Answer == "_wrong/"+path.Base(w.File) }) {
			all = append(all, w.Wrong)
		}
	}
	return all
}

// runs reports whether a tab rejects a wrong answer as the runner does.
func (s *site) runs(l *course.Lesson, file string) bool {
	return s.inTab(l).Exercise != nil && !slices.ContainsFunc(s.exceptions(l), func(e exception) bool {
		return e.Answer == wholeExercise || e.Answer == "_wrong/"+path.Base(file)
	})
}

// notHere says why a lesson's exercise does not run in a browser; empty if it does.
func (s *site) notHere(l *course.Lesson) string {
	for _, e := range s.exceptions(l) {
		if e.Answer == wholeExercise {
			return e.Says
		}
	}
	return ""
}

// notBuilt says why an exercise does not build for a browser; empty if it does.
func (s *site) notBuilt(ctx context.Context, l *course.Lesson) string {
	_, err := s.goCommand(ctx, "vet", "-tags", "exercise", "./"+l.Dir+"/exercise")
	if err == nil {
		return ""
	}
	for line := range strings.Lines(err.Error()) {
		if _, why, found := strings.Cut(line, ".go:"); found {
			_, why, _ = strings.Cut(why, ": ")
			return strings.TrimSpace(why)
		}
	}
	return err.Error()
}
