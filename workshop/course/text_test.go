package course

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var shrink = flag.Bool("shrink", false, "take off "+NotYetClean+" what is clean")

// go test ./workshop/course -run NotYetClean -shrink
func TestNotYetCleanHasNoLineTwiceAndOnlyFilesThatAreThere(t *testing.T) {
	root, err := Root("../..")
	require.NoError(t, err)
	before, err := notYetClean(root)
	require.NoError(t, err)
	assert.Equal(t, slices.Compact(slices.Sorted(slices.Values(before))), before, "%s is not sorted, or has a line twice", NotYetClean)
	if !*shrink {
		return
	}
	unclean, _ := checkTexts(root, "")
	still := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(before))), func(line string) bool { return !slices.Contains(unclean, line) })
	file := filepath.Join(root, filepath.FromSlash(NotYetClean))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var head strings.Builder
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			head.WriteString(line)
		}
	}
	require.NoError(t, os.WriteFile(file, []byte(head.String()+strings.Join(still, "\n")+"\n"), 0o644))
}

// bad puts o in the place of 0: this file is read as well, and its words are clean.
func bad(text string) string { return strings.ReplaceAll(text, "0", "o") }

func TestWordsAreFoundInWhatIsRead(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.md", "N0body waits\nf0r\never.\n", `line 1 says "N0body"; write: no task, no goroutine, no caller` + "\n  " + `line 2 says "f0r ever"; write: forever, without end`},
		{"a.md", "`n0body`\n\n```go\nn0body()\n```\n[it](n0body.md)\n\nBy l0t.\n", `line 8 says "By l0t"; write: at random`},
		{
			"a.go", "package a\n\nvar n0body = 1 // 0ne\n// who waits\n\nvar x = \"th0se who\"\n",
			`line 3 says "0ne who"; write: the task that, the caller that` + "\n  " + `line 6 says "th0se who"; write: the tasks that, the readers that`,
		},
		{"a.py", "# by l0t\n", `line 1 says "by l0t"; write: at random`},
	} {
		require.EqualError(t, wordFaults(c.name, bad(c.text)).err(), bad(c.want), c.text)
	}
	assert.NoError(t, wordFaults("a.md", "Everyone who waits; the timeout; no one.\n").err())
}

func TestAnExcerptStandsInItsFile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte("func f() {\n\tif ok {\n\t\ta()\n\t}\n\tb()\n\tc()\n}\n"), 0o644))
	page := func(excerpt string) string {
		return "From\n[main.go](main.go):\n\n```go\n" + excerpt + "```\n\n## Next\n"
	}
	for excerpt, want := range map[string]faults{
		"if ok {\n\ta()\n}\n":    nil,
		"a()\n// …\nc()\n":       nil,
		"a()\n…\n":               nil,
		"a()\nc()\n":             {`"c()" stands not so in main.go`},
		"d()\n":                  {`"d()" stands not so in main.go`},
		"if ok {\n\ta() // a\n}": {`"a() // a" stands not so in main.go`},
	} {
		assert.Equal(t, want, excerptFaults(dir, page(excerpt+"\n")), excerpt)
	}
	assert.Equal(t, faults{`no code follows where it says "From main.go"`}, excerptFaults(dir, "From [main.go](main.go):\n\n## Next\n\n```go\na()\n```\n"))
	assert.Equal(t, faults{"it quotes gone.go, which is not there"}, excerptFaults(dir, "From [gone.go](gone.go):\n\n```go\na()\n```\n"))
}

func TestAPageHasAThousandWordsAtMostBeforeItsExercise(t *testing.T) {
	page := func(words int) string {
		return "---\nminutes: 20\n---\n\n# T\n\n```\nnot counted\n```\n<details>nor this</details>\n" + strings.Repeat("word ", words) + "\n## Your turn\n\nmore words\n"
	}
	assert.Empty(t, lengthFaults(page(998)))
	assert.Equal(t, faults{"1001 words before the exercise: 1000 at most, about 900 is the aim"}, lengthFaults(page(999)))
}

func TestWhatIsNotYetCleanIsForgivenUntilItIsClean(t *testing.T) {
	root := t.TempDir()
	put := func(file, text string) {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o644))
	}
	put("docs/a.md", bad("N0body.\n"))
	put("docs/b.md", "No task.\n")
	for _, unread := range []string{".hidden/b.md", "web/node_modules/b.md", "docs/b.txt"} {
		put(unread, bad("N0body.\n"))
	}
	require.EqualError(t, CheckTexts(root, ""), bad(`docs/a.md: line 1 says "N0body"; write: no task, no goroutine, no caller`))
	unclean, err := checkTexts(root, "")
	require.Error(t, err)
	require.Equal(t, []string{"words docs/a.md"}, unclean)
	put(NotYetClean, "# a comment\n\nwords docs/a.md\n")
	require.NoError(t, CheckTexts(root, ""))
	require.NoError(t, CheckTexts(root, "docs"))
	put("docs/a.md", "No task.\n")
	require.EqualError(t, CheckTexts(root, ""), `docs/a.md is clean: take "words docs/a.md" off `+NotYetClean)
	require.NoError(t, os.Remove(filepath.Join(root, "docs/a.md")))
	require.EqualError(t, CheckTexts(root, ""), NotYetClean+" names docs/a.md, which is not there")
	require.EqualError(t, CheckTexts(root, "docs"), NotYetClean+" names docs/a.md, which is not there")
	require.NoError(t, CheckTexts(root, "web"), "of another folder")
	require.Error(t, CheckTexts(root, "nowhere"))
	require.Error(t, CheckTexts(lay(t, map[string]string{NotYetClean + "/a-folder": ""}), ""))
}

// A lesson's page is short and quotes its files; its notes and the pages of further exercises may be as they are.
func TestALessonsPageIsShortAndQuotesItsFiles(t *testing.T) {
	long := "From [main.go](main.go):\n\n```go\nnot there\n```\n\n" + strings.Repeat("word ", 2000)
	root := lay(t, map[string]string{
		"part1/01-one/main.go": "package main\n", "part1/01-one/README.md": long,
		"part1/01-one/notes.md": long, "part1/01-one/more/README.md": long, "part1/README.md": long,
	})
	unclean, err := checkTexts(root, "")
	require.Error(t, err)
	require.Equal(t, []string{"excerpts part1/01-one/README.md", "length part1/01-one/README.md"}, unclean)
}
