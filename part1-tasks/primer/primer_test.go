package primer_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// What the page shows is what the examples run, and what it says they print is what they print.
func TestEverySnippetOfThePrimerIsRun(t *testing.T) {
	page := read(t, "../../docs/primer.md")
	source := read(t, "example_test.go") + read(t, "testdata/counter/main.go")
	source += regexp.MustCompile(`(?m)^\t`).ReplaceAllString(source, "") // a function's body
	blocks := regexp.MustCompile("(?ms)^```(go|text)\n(.*?)^```$").FindAllStringSubmatch(page, -1)
	require.Len(t, blocks, 23)
	for _, block := range blocks {
		want := block[2]
		if block[1] == "text" {
			want = "// Output:\n" + regexp.MustCompile(`(?m)^(.+)$`).ReplaceAllString(want, "// $1")
		}
		assert.Contains(t, source, want)
	}
}

func TestTheRaceDetectorFindsTheCounterThatLosesCounts(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-race", "-o", os.DevNull, "./testdata/counter").CombinedOutput(); err != nil {
		if os.Getenv("REQUIRE_ALL") != "" {
			t.Fatalf("the race detector: %s", out)
		}
		t.Skipf("skipped: the race detector does not build here (a C compiler is missing?): %s", out)
	}
	out, err := exec.CommandContext(t.Context(), "go", "run", "-race", "./testdata/counter").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "WARNING: DATA RACE")
	assert.Contains(t, string(out), "main.go:15")
}
