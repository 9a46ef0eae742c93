// Package translate_test runs what docs/asyncio-to-go.md shows.
package translate_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEverySnippetOfTheMapIsRun(t *testing.T) {
	read := func(file string) string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	source := read("example_test.go")
	source += regexp.MustCompile(`(?m)^\t`).ReplaceAllString(source, "") // a function's body
	source += regexp.MustCompile(`(?m)^\t\t`).ReplaceAllString(source, "")
	blocks := regexp.MustCompile("(?ms)^```go\n(.*?)^```$").FindAllStringSubmatch(read("../../docs/asyncio-to-go.md"), -1)
	require.Len(t, blocks, 17)
	for _, block := range blocks {
		assert.Contains(t, source, block[1])
	}
}
