package course

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAStretchedAnswerGivesWayBeforeEachStatement(t *testing.T) {
	got := string(stretched([]byte(`package exercise

func f(n int, c chan int) {
	if n > 0 { n-- } else if n == 0 { return }
loop:
	for range n {
		select {
		case <-c:
			break loop
		default:
		}
		switch { case n > 1: n++; fallthrough; default: go func() { c <- n }() }
	}
}
`)))
	assert.Equal(t, `package exercise

func f(n int, c chan int) {
	workshopGiveWay(); if n > 0 { workshopGiveWay(); n-- } else if n == 0 { workshopGiveWay(); return }
workshopGiveWay(); loop:
	for range n {
		workshopGiveWay(); select {
		case <-c:
			workshopGiveWay(); break loop
		default:
		}
		workshopGiveWay(); switch { case n > 1: workshopGiveWay(); n++; workshopGiveWay(); fallthrough; default: workshopGiveWay(); go func() { workshopGiveWay(); c <- n }() }
	}
}
`, got)
	assert.Equal(t, "no Go", string(stretched([]byte("no Go"))), "the compiler says what is wrong with it")
}

func TestEverySolutionCanBeStretched(t *testing.T) {
	files, err := filepath.Glob("../../part*/*/exercise/_solution/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		got := stretched(source)
		_, err = parser.ParseFile(token.NewFileSet(), file, got, 0)
		require.NoError(t, err)
		assert.Equal(t, strings.Count(string(source), "\n"), strings.Count(string(got), "\n"), "%s: a message names other lines", file)
	}
}
