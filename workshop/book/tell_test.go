package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// A told is what a story came to in the engine.
type told struct {
	Events []lesson.Event
	Out    string
	Fault  string
	Took   int
}

func sideFiles(t *testing.T, l course.Lesson, side string) map[string]string {
	t.Helper()
	if side == "go" {
		return map[string]string{} // the engine has them
	}
	text, err := os.ReadFile(filepath.Join(l.Root, filepath.FromSlash(l.Dir), "lesson.py"))
	require.NoError(t, err)
	return map[string]string{"lesson.py": string(text)}
}

var languageOfSide = map[string]string{"go": "Go", "python": "asyncio"}

// Every story must come to its own transcript in the tab's engine, in both
// languages, but for those that docs/lab.md lists; with -update the list is
// written anew.
func TestEveryStoryIsToldInTheTab(t *testing.T) {
	needsPython(t)
	root := theRoot(t)
	pyodide := filepath.Join(root, "workshop", "book", "web", "node_modules", "pyodide") + "/"
	teller := inNode(t, "tell.mjs", pyodide, filepath.Join(root, "workshop", "lesson", "story.py"))
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	var list strings.Builder
	var slowest [2]int
	for _, l := range lessons {
		if !tried(&l) {
			continue
		}
		trace, err := readTrace(filepath.Join(root, filepath.FromSlash(l.Dir), "trace.json"))
		require.NoError(t, err)
		for i, side := range []string{"go", "python"} {
			want := trace.Go
			if side == "python" {
				want = trace.Python
			}
			if want == nil {
				continue
			}
			var got told
			require.True(t, teller.ask(map[string]any{"lesson": l.Dir, "side": side, "files": sideFiles(t, l, side)}, &got), "%s hangs", l.ID())
			t.Logf("%s %-6s %5d ms %s", l.ID(), side, got.Took, got.Fault)
			slowest[i] = max(slowest[i], got.Took)
			said := lesson.Telling{Events: got.Events}
			allIsWell := got.Fault == "" || strings.HasPrefix(got.Fault, "leak:") // as that of 4.2, whose printer outlives main
			if allIsWell && said.Transcript().String() == want.Transcript().String() {
				continue
			}
			why, _, _ := strings.Cut(got.Fault, "\n")
			switch {
			case why == "":
				why = "it says something else there"
			case strings.Contains(why, "nothing that runs here"), strings.Contains(why, "does not run here"):
				why = "it does not build for a browser, which has no signals and no processes"
			}
			fmt.Fprintf(&list, "| %s | %s | %s |\n", l.ID(), languageOfSide[side], strings.TrimSuffix(strings.ReplaceAll(why, "|", "/"), ":"))
		}
	}
	t.Logf("the slowest: Go %d ms, asyncio %d ms", slowest[0], slowest[1])
	if *long {
		keepList(t, "Stories", list.String())
		return
	}
	page, err := os.ReadFile(filepath.Join(root, labPage))
	require.NoError(t, err)
	for row := range strings.Lines(list.String()) {
		assert.Contains(t, string(page), row, "%s does not say so", labPage)
	}
}

// keepList compares the table of a section of docs/lab.md with what was
// measured, and writes it anew with -update.
func keepList(t *testing.T, section, list string) {
	t.Helper()
	file := filepath.Join(theRoot(t), labPage)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	at := regexp.MustCompile(`(?s)(\n## ` + section + `\n.*?\n\| --- \| --- \| --- \|\n).*?(\n[^|]|$)`).FindSubmatchIndex(text)
	require.NotNil(t, at, "%s has no section %s with a table", labPage, section)
	now := string(text[:at[3]]) + strings.TrimSuffix(list, "\n") + string(text[at[4]:])
	if updates() {
		require.NoError(t, os.WriteFile(file, []byte(now), 0o644))
		return
	}
	assert.Equal(t, string(text), now, "%s is stale: go test ./workshop/book -run %s -long -update", labPage, t.Name())
}
