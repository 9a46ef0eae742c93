package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

var long = flag.Bool("long", false, "try every lesson and every wrong answer in the engine, not the first lesson of each part: half an hour")

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
	lesson course.Lesson
	known  bool // docs/lab.md says that the engine says something else
}

// What the engine says of an answer must be what the runner says: the solution
// is right, and each wrong answer is rejected with the words in its head, but for
// those that docs/lab.md lists; with -long -update the list is written anew.
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
	questions, list := questionsOf(t)
	bench := &nodeBench{T: t, node: node, engine: dir}
	defer bench.stop()
	for _, q := range questions {
		verdict := bench.ask(q)
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

// A nodeBench is check.mjs in node, begun anew after an answer that hangs: there
// is one thread, and no page that would end it.
type nodeBench struct {
	*testing.T
	node, engine string
	to           io.WriteCloser
	from         chan string
	end          func()
}

// A verdict is what check.mjs says.
type verdict struct {
	Passed                  bool
	Summary, Broken, Failed string
	Tests                   []struct{ Message string }
	Took                    int
}

func (b *nodeBench) ask(q question) (v verdict) {
	b.Helper()
	if b.end == nil {
		cmd := exec.CommandContext(b.Context(), b.node, filepath.Join("web", "check.mjs"), b.engine)
		var err error
		b.to, err = cmd.StdinPipe()
		require.NoError(b, err)
		out, err := cmd.StdoutPipe()
		require.NoError(b, err)
		cmd.Stderr = os.Stderr
		require.NoError(b, cmd.Start())
		from := make(chan string)
		go func() {
			defer close(from)
			lines := bufio.NewScanner(out)
			lines.Buffer(nil, 10<<20)
			for lines.Scan() {
				from <- lines.Text()
			}
		}()
		b.from = from
		b.end = func() {
			_ = cmd.Process.Kill()
			for range from { //nolint:revive // the reader ends when the pipe does
			}
			_ = cmd.Wait() // it was killed
		}
	}
	require.NoError(b, json.NewEncoder(b.to).Encode(q))
	select {
	case line, ok := <-b.from:
		require.True(b, ok, "node ended before it had checked %s", q.File)
		require.NoError(b, json.Unmarshal([]byte(line), &v), line)
	case <-time.After(2 * patience):
		b.stop()
		v.Failed = "it hangs"
	}
	return v
}

func (b *nodeBench) stop() {
	if b.end != nil {
		b.end()
		b.end = nil
	}
}

// questionsOf are two answers of each exercise, or all; only those exercises
// that the engine has. The others are exceptions.
func questionsOf(t *testing.T) (all []question, list []exception) {
	t.Helper()
	root := theRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	s, err := newSite(root, false)
	require.NoError(t, err)
	for _, l := range lessons {
		if !l.HasExercise() || !tried(&l) {
			continue
		}
		if why := s.notBuilt(t.Context(), &l); why != "" {
			assert.True(t, updates() || s.notHere(&l) != "", "%s does not build for a browser: %s", l.Dir, why)
			list = append(list, exception{l.ID(), wholeExercise, "it does not build for a browser: " + why})
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

// tried reports whether a lesson is tried in the engine: with -long each is,
// without it the first of each part.
func tried(l *course.Lesson) bool { return *long || l.Number == 1 }

// updates reports whether files are to be written anew: package lesson has the flag.
func updates() bool { return flag.Lookup("update").Value.String() == "true" }
