package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// flat is source without indentation.
func flat(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}

// widest is how many columns the longest line takes, a tab being eight.
func widest(code string) (columns int) {
	for line := range strings.Lines(code) {
		columns = max(columns, len(strings.TrimRight(strings.ReplaceAll(line, "\t", "        "), "\n")))
	}
	return columns
}

func TestTheFrontPageShowsTheFirstLessonAsItIs(t *testing.T) {
	const lesson = "../part1-tasks/01-create-task/"
	page := read(t, "../README.md")
	table := regexp.MustCompile("(?s)```python\n(.*?)```.*?```go\n(.*?)```").FindStringSubmatch(page)
	require.NotNil(t, table)
	python, golang := table[1], table[2]
	assert.Contains(t, flat(read(t, lesson+"lesson.py")), flat(python))
	assert.Contains(t, flat(read(t, lesson+"main.go")), flat(golang))
	// A page on GitHub is 830 px wide. A letter of code takes 8.2 px, a cell 58 px
	// beside its code.
	assert.LessOrEqual(t, widest(python)+widest(golang), (830-2*58)*10/82, "the table has to be scrolled sideways")

	transcript := regexp.MustCompile("(?ms)^```\n(   0\\.0s.*?)^```").FindStringSubmatch(page)
	require.NotNil(t, transcript)
	assert.True(t, strings.HasPrefix(read(t, lesson+"transcript.txt"), transcript[1]), "README.md shows another transcript than %s", lesson)
}
