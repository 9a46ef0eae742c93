package course

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestThePageOfTheArticlesNamesWhatIsThere(t *testing.T) {
	root := t.TempDir()
	files := map[string]string{
		"part9-test/01-first/README.md":      "---\nminutes: 5\narticle: Dive\n---\n\n# First\n\n```diff\n-   1.0s  main        is late\n+   1.0s  main        is done\n```\n",
		"part9-test/01-first/transcript.txt": "   0.0s  main        begins\n   1.0s  main        is done\n",
		"part9-test/01-first/main_test.go":   "package main\n\nfunc TestStory(t *testing.T) {}\n",
		articles:                             "| a loop | [9.1](../part9-test/01-first) | `main begins` | the same | [TestStory](../part9-test/01-first/main_test.go) |  |\n",
	}
	check := func(old, with string) error {
		t.Helper()
		for file, text := range files {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o755))
			if file == articles {
				require.Contains(t, text, old)
				text = strings.Replace(text, old, with, 1)
			}
			require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o644))
		}
		found, err := checkArticles(root)
		require.NoError(t, err)
		return found.err()
	}
	require.NoError(t, check("", ""))
	require.NoError(t, check("`main begins` | the same", "`main is done` | `main is late`"))
	for _, c := range []struct{ old, with, want string }{
		{"main begins", "main began", `a loop: no story in Go says "main began"`},
		{"`main begins`", "`main is done`", `a loop: no lesson.py says "main is done"`},
		{"[TestStory]", "[TestGone]", "a loop: part9-test/01-first/main_test.go has no TestGone"},
		{"[TestStory](../part9-test/01-first/main_test.go)", "–", "a loop: no test asserts it"},
		{"[9.1](../part9-test/01-first)", "[9.2](../part9-test/02-second)", `no row names 9.1, whose head names "Dive"`},
	} {
		assert.ErrorContains(t, check(c.old, c.with), c.want)
	}
}
