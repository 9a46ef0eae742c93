package main

import (
	"flag"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

// A question is an answer to check in the engine.
type question struct {
	Lesson string `json:"lesson"`
	File   string `json:"file"`
	says   string // what a test says; empty: it is right
	lesson course.Lesson
	known  bool // docs/lab.md says that the engine says something else
}

// What the engine says of an answer must be what the runner says: the solution
// is right, and each wrong answer is rejected with the words in its head, but for
// those that docs/lab.md lists; with -long -update the list is written anew.
func TestTheEngineChecksAnswersAsTheRunnerDoes(t *testing.T) {
	t.Parallel()
	bench := inNode(t, "check.mjs")
	questions, list := questionsOf(t)
	for _, q := range questions {
		var verdict verdict
		if !bench.ask(q, &verdict) {
			verdict.Failed = "it hangs"
		}
		messages := []string{verdict.Failed + verdict.Broken}
		for _, one := range verdict.Tests {
			messages = append(messages, one.Message)
		}
		said := strings.Join(messages, "\n")
		name := path.Join(path.Base(path.Dir(filepath.ToSlash(q.File))), filepath.Base(q.File))
		t.Logf("%5d ms  %s %s: %s", verdict.Took, q.lesson.ID(), name, verdict.Summary)
		if same := verdict.Passed == (q.says == "") && strings.Contains(said, q.says); same {
			assert.False(t, !updates() && q.known, "%s %s: the engine says what the runner says; %s is stale", q.lesson.ID(), name, labPage)
			continue
		}
		why, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
		if verdict.Passed {
			why = "all tests pass"
		}
		list = append(list, exception{q.lesson.ID(), name, strings.ReplaceAll(why, "|", "/")})
		assert.True(t, updates() || q.known, "%s %s: the runner says %q, the engine: %s %s", q.lesson.ID(), name, q.says, verdict.Summary, said)
	}
	if *long {
		var table strings.Builder
		for _, e := range list {
			fmt.Fprintf(&table, "| %s | %s | %s |\n", e.Lesson, e.Answer, e.Says)
		}
		keepList(t, "Exercises", table.String())
	}
}

// A verdict is what check.mjs says.
type verdict struct {
	Passed                  bool
	Summary, Broken, Failed string
	Tests                   []struct{ Message string }
	Took                    int
}

// questionsOf are two answers of each exercise, or all; only those exercises
// that the engine has. The others are exceptions.
func questionsOf(t *testing.T) (all []question, list []exception) {
	t.Helper()
	root := theRoot(t)
	s, err := newSite(root, false)
	require.NoError(t, err)
	for _, l := range s.lessons {
		if !l.HasExercise() || !tried(&l) {
			continue
		}
		if why := s.notBuilt(t.Context(), &l); why != "" {
			assert.True(t, updates() || s.notHere(&l) != "", "%s does not build for a browser: %s", l.Dir, why)
			list = append(list, exception{l.ID(), wholeExercise, "it does not build for a browser, which has no signals and no processes: " + why})
			continue
		}
		known := s.exceptions(&l)
		ask := func(file, says string) {
			name := path.Join(path.Base(path.Dir(filepath.ToSlash(file))), filepath.Base(file))
			all = append(all, question{l.Dir, file, says, l, slices.ContainsFunc(known, func(e exception) bool { return e.Answer == name })})
		}
		ask(l.Solution(), "")
		for i, w := range l.Gallery() {
			if *long || i == 0 {
				ask(filepath.Join(root, filepath.FromSlash(w.File)), w.Says)
			}
		}
	}
	return all, list
}

// updates reports whether files are to be written anew: package lesson has the flag.
func updates() bool { return flag.Lookup("update").Value.String() == "true" }
