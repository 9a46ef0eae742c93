package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

var long = flag.Bool("long", false, "check every wrong answer in the engine, not one of each exercise: an hour")

// theLab is a site with its engine, made once: to compile Go's compiler takes minutes.
var theLab = sync.OnceValues(func() (map[string][]byte, error) {
	root, err := course.Root(".")
	if err != nil {
		return nil, err
	}
	s, err := newSite(root, false)
	if err != nil {
		return nil, err
	}
	if s.lab, err = s.engine(context.Background(), io.Discard); err != nil {
		return nil, err
	}
	return s.all()
})

// A question is an answer to check in the engine.
type question struct {
	Lesson string `json:"lesson"`
	File   string `json:"file"`
	says   string // what a test says; empty: it is right
}

// What the engine says of an answer must be what the runner says: the solution
// is right, and each wrong answer is rejected with the words in its head. What
// only a real machine finds is in only.json, and nothing else is.
func TestTheEngineChecksAnswersAsTheRunnerDoes(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		skipWithout(t, "node is not installed: the engine was not tried outside a browser (%v)", err)
	}
	if testing.Short() {
		t.Skip("to build the engine takes minutes")
	}
	files, err := theLab()
	require.NoError(t, err)
	dir := t.TempDir()
	for name, content := range files {
		if file, ok := strings.CutPrefix(name, "engine/"); ok {
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), content, 0o644))
		}
	}
	questions, only := questionsOf(t, files["engine/manifest.json"])
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("web", "check.mjs"), dir)
	ask, err := cmd.StdinPipe()
	require.NoError(t, err)
	answers, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	go func() {
		to := json.NewEncoder(ask)
		for _, q := range questions {
			_ = to.Encode(q) // if node has ended, there is no answer either
		}
		_ = ask.Close()
	}()
	root := theRoot(t)
	lines := bufio.NewScanner(answers)
	lines.Buffer(nil, 10<<20)
	for _, q := range questions {
		if !assert.True(t, lines.Scan(), "the engine ended before it had checked %s", q.File) {
			break
		}
		var verdict struct {
			Passed         bool
			Summary        string
			Broken, Failed string
			Tests          []struct{ Message string }
			Took           int
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &verdict), lines.Text())
		said := verdict.Failed + verdict.Broken
		for _, one := range verdict.Tests {
			said += "\n" + one.Message
		}
		file, err := filepath.Rel(root, q.File)
		require.NoError(t, err)
		t.Logf("%5d ms  %s: %s", verdict.Took, file, verdict.Summary)
		if as := verdict.Passed == (q.says == "") && strings.Contains(said, q.says); as != known(filepath.ToSlash(file)) {
			continue
		}
		switch {
		case updates():
			why := strings.TrimSpace(said)
			if verdict.Passed {
				why = "all tests pass"
			}
			only = append(only, exception{q.Lesson, filepath.ToSlash(file), why})
		case known(filepath.ToSlash(file)):
			t.Errorf("%s: the engine says what the runner says: only.json is stale; go test ./workshop/book -run EngineChecks -timeout 3h -long -update", file)
		default:
			t.Errorf("%s: the runner says %q, the engine: %s %s", file, q.says, verdict.Summary, said)
		}
	}
	assert.NoError(t, cmd.Wait())
	if updates() {
		require.True(t, *long, "-update goes with -long")
		text, err := json.MarshalIndent(only, "", "\t")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile("only.json", append(text, '\n'), 0o644))
	}
}

// known reports whether only.json has a file, for which the engine does not say what the runner says.
func known(file string) bool {
	return !updates() && slices.ContainsFunc(exceptions, func(e exception) bool { return e.File == file })
}

// questionsOf are two answers of each exercise, or all; only those exercises
// that the engine has. The others are exceptions.
func questionsOf(t *testing.T, manifest []byte) (all []question, only []exception) {
	t.Helper()
	var has struct{ Lessons map[string]string }
	require.NoError(t, json.Unmarshal(manifest, &has))
	root := theRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	s, err := newSite(root, false)
	require.NoError(t, err)
	for _, l := range lessons {
		if !l.HasExercise() {
			continue
		}
		if why := s.notInTheTab(t.Context(), l); why != "" {
			assert.True(t, updates() || known(l.Dir), "%s does not build for a browser: %s", l.Dir, why)
			only = append(only, exception{l.Dir, l.Dir, why})
			continue
		}
		all = append(all, question{l.Dir, l.Solution(), ""})
		for i, w := range l.Gallery() {
			if *long || i == 0 {
				all = append(all, question{l.Dir, filepath.Join(root, filepath.FromSlash(w.File)), w.Says})
			}
		}
	}
	return all, only
}

// updates reports whether files are to be written anew: package lesson has the flag.
func updates() bool { return flag.Lookup("update").Value.String() == "true" }
