package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

func TestVerifyMutantsNamesWhatNoTestLooksAt(t *testing.T) {
	root := newWorkshop(t)
	list := filepath.Join(root, "part9-test", "01-first", "exercise", "_solution", "mutants.txt")

	status, stdout, stderr := workshop(t, root, "verify", "--mutants", "--json", "9.1")
	var all []course.Mutant
	require.NoError(t, json.Unmarshal([]byte(stdout), &all), stderr)
	require.NotEmpty(t, all)
	var entries strings.Builder
	entries.WriteString("Gone: drop it // a reason\n")
	for _, m := range all {
		if m.State == course.Lives {
			assert.Equal(t, 1, status)
			entries.WriteString(m.Change + " // a reason\n")
		}
	}
	write(t, list, entries.String())
	status, stdout, stderr = workshop(t, root, "verify", "--mutants", "first")
	assert.Equal(t, 1, status, stderr)
	const gone = "Gone: drop it (the solution has no such mutant (any more))"
	assert.Regexp(t, `^STALE part9-test/01-first/exercise/_solution/mutants\.txt: `+regexp.QuoteMeta(gone)+
		`\n9\.1 first: \d+ mutants, \d+ killed(, \d+ live and are listed)?, 1 stale in the list in \S+\n$`, stdout)
	assert.ErrorContains(t, prove(t, root, "exercise/_solution/mutants.txt"), "Gone: drop it")
}
