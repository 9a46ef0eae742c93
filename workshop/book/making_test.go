package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Beside a clone the pages are there at once. Their editors say how far the
// engine is, and what was asked for meanwhile begins as soon as it is built.
func TestBesideACloneTheEditorsComeOnceTheEngineIsBuilt(t *testing.T) {
	needsBrowser(t)
	labFiles(t)
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	s.making.begin()
	_, _ = s.making.Write([]byte("engine, 2 of 5: cmd/link\n"))
	b := open(t, served(t, s))
	b.visit(exercised)
	b.do(script(`{ window.engines = 0; const Plain = Worker; window.Worker = class extends Plain { constructor(script, options) { super(script, options); if (script.href.endsWith("/worker.js")) window.engines++; } } }`))
	b.waitFor(`document.querySelector(".making").textContent.includes("2 of 5: cmd/link")`)
	b.do(script(`document.querySelector("details.try").open = true`))
	b.do(script(`document.querySelector("details.try [data-do=check]").click()`))
	b.waitFor(`document.querySelector("details.try .says").textContent.includes("still being built")`)
	b.do(script(`document.querySelector("details.try [data-do=check]").click()`))
	b.waitFor(`document.querySelector("details.try .says").textContent === "Cancelled."`)
	b.lookAt("main", "lab-being-built")
	b.do(script(`document.querySelector("details.try [data-do=check]").click()`))

	s.making.end(theLab.site.lab, nil)
	b.waitFor(`document.querySelector(".making").textContent.includes("Go is ready")`)
	b.waitLong(`document.querySelector("details.try .says").textContent.includes("Nothing is written yet")`)
	solution, err := os.ReadFile(filepath.Join(theRoot(t), exercised, "exercise/_solution/exercise.go"))
	require.NoError(t, err)
	b.answerIn("details.try", string(solution))
	b.do(script(`document.querySelector("details.try [data-do=check]").click()`))
	b.waitLong(`document.querySelector("details.try .says").textContent.includes("Right: all")`)
	assert.NotEmpty(t, b.text(".lab.follows h3"), "the learner's own file has its place, too")
	b.axe("details.try", "an editor beside a clone")
	b.do(script(`document.querySelector("[data-do=change]").click()`))
	b.waitFor(`document.querySelector(".change:not([hidden])")`)
	b.edit("main.go", "1500*time.Millisecond", "2500*time.Millisecond")
	b.do(script(`document.querySelector(".change [data-do=run]").click()`))
	b.waitLong(`document.querySelector(".change [data-do=run]").textContent === "Run"`)
	assert.Contains(t, b.text(".lines li:not(.past)"), "2.5sheartbeatis alive")
	assert.Equal(t, 1, eval[int](b, `window.engines`), "the exercise and the story share an engine")
	b.visit(exercised)
	assert.Empty(t, b.text(".making:not([hidden])"), "a page that comes later has nothing to say of it")
	b.do(script(`localStorage.clear()`))
}

func TestAnEngineThatCannotBeBuiltIsOneLine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("HOME", t.TempDir()) // its cache is empty
	t.Setenv("XDG_CACHE_HOME", "")
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	s.making.begin()
	var out bytes.Buffer
	s.build(t.Context(), &out)
	assert.Equal(t, 1, strings.Count(out.String(), "\n"), out.String())
	assert.Contains(t, out.String(), "cannot run Go")
	var state struct {
		Ready, Failed bool
	}
	text, _, err := s.render("engine/state.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &state))
	assert.True(t, state.Failed && !state.Ready)
	page, _, err := s.render(exercised)
	require.NoError(t, err)
	assert.Contains(t, string(page), "lab follows", "the book goes on")
	assert.NotContains(t, string(page), "data-do=\"check\"")
	assert.Contains(t, string(page), `class="making"`, "it says so")
}

func TestABookWithoutTheLabSaysNothingOfAnEngine(t *testing.T) {
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	page, _, err := s.render(exercised)
	require.NoError(t, err)
	assert.NotContains(t, string(page), `class="making"`)
	assert.NotContains(t, string(page), "data-do=\"check\"")
}

// Ctrl-C does not wait for a compiler.
func TestAnEngineIsNotBuiltOnceTheCommandEnds(t *testing.T) {
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	s.making.begin()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	s.build(ctx, &out)
	assert.Empty(t, out.String())
}

func TestTheCacheForgetsWhatNoEngineHasUsedForAMonth(t *testing.T) {
	cache := t.TempDir()
	e := engine{Files: make(map[string]string), files: make(map[string][]byte)}
	long := time.Now().Add(-40 * 24 * time.Hour)
	for _, name := range []string{"old", "new"} {
		require.NoError(t, e.compress(t.Context(), name, []byte(name), cache))
	}
	files, err := filepath.Glob(filepath.Join(cache, "*.gz"))
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, file := range files {
		require.NoError(t, os.Chtimes(file, long, long))
	}
	require.NoError(t, e.compress(t.Context(), "new", []byte("new"), cache))
	forget(cache)
	left, err := filepath.Glob(filepath.Join(cache, "*.gz"))
	require.NoError(t, err)
	assert.Len(t, left, 1, "what is in use stays")
}
