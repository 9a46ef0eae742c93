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
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

var matrix = flag.Bool("matrix", false, "check every solution and every wrong answer in the engine: an hour")

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
// is right, and each wrong answer is rejected with the words in its head.
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
	questions := questionsOf(t, files["engine/manifest.json"])
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
	lines := bufio.NewScanner(answers)
	lines.Buffer(nil, 10<<20)
	for _, q := range questions {
		if !assert.True(t, lines.Scan(), "the engine ended before it had checked %s", q.File) {
			break
		}
		var verdict struct {
			Passed bool
			Broken string
			Tests  []struct{ Sentence, State, Message string }
			Took   int
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &verdict), lines.Text())
		var said strings.Builder
		said.WriteString(verdict.Broken)
		for _, one := range verdict.Tests {
			said.WriteString("\n" + one.Message)
		}
		t.Logf("%d ms  %s", verdict.Took, q.File)
		assert.Equal(t, q.says == "", verdict.Passed, "%s: %s", q.File, said.String())
		assert.Contains(t, said.String(), q.says, q.File)
	}
	assert.NoError(t, cmd.Wait())
}

// questionsOf are a few of one lesson, or those of all.
func questionsOf(t *testing.T, manifest []byte) []question {
	t.Helper()
	var has struct {
		Exercises map[string]struct{ Path string }
	}
	require.NoError(t, json.Unmarshal(manifest, &has))
	root := theRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	var all []question
	for _, l := range lessons {
		if has.Exercises[l.Dir].Path == "" {
			continue
		}
		all = append(all, question{l.Dir, l.Solution(), ""}, question{l.Dir, l.Stub(), "not written yet"})
		for _, w := range l.Gallery() {
			all = append(all, question{l.Dir, filepath.Join(root, filepath.FromSlash(w.File)), w.Says})
		}
		if !*matrix {
			return all[:5]
		}
	}
	return all
}

func TestAnExerciseIsDoneInTheTab(t *testing.T) {
	if testing.Short() {
		t.Skip("to build the engine takes minutes")
	}
	files, err := theLab()
	require.NoError(t, err)
	base, _ := publish(t, files)
	b := open(t, base)
	const page = "part1-tasks/01-create-task/"
	b.visit(page)
	write := func(file string) {
		answer, err := os.ReadFile(filepath.Join(theRoot(t), page, "exercise", file))
		require.NoError(t, err)
		text, err := json.Marshal(string(answer))
		require.NoError(t, err)
		b.do(script(`{ const t = document.querySelector(".lab textarea"); t.value = %s; t.dispatchEvent(new Event("input")); }`, text), script(`document.querySelector(".lab [data-do=check]").click()`))
		b.waitLong(`document.querySelector(".lab [data-do=check]").textContent === "Check"`)
	}
	write("_wrong/drifts.go")
	assert.Contains(t, eval[string](b, `document.querySelector(".lab").textContent`), "the calls drift")
	b.visit(page)
	assert.Contains(t, eval[string](b, `document.querySelector(".lab textarea").value`), "time.After", "the text outlives a reload")
	write("_solution/exercise.go")
	assert.Contains(t, eval[string](b, `document.querySelector(".lab .says").textContent`), "Right")
	assert.True(t, eval[bool](b, `document.querySelector(".done input").checked`))
	b.do(chromedp.Evaluate[chromedp.Void](`localStorage.clear()`))
}
