package mutation_test

import (
	"flag"
	"fmt"
	"go/importer"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/course/mutation"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write testdata/mutants.txt")

func of(t *testing.T, file string) *mutation.File {
	t.Helper()
	f, err := mutation.Of(file, nil, importer.Default())
	require.NoError(t, err)
	return f
}

func TestMutantsAreTheOnesExpected(t *testing.T) {
	var got strings.Builder
	for _, m := range of(t, "testdata/solution.go").Mutants {
		fmt.Fprintf(&got, "%d %s\n", m.Line, m.Change)
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/mutants.txt", []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile("testdata/mutants.txt")
	require.NoError(t, err)
	assert.Equal(t, strings.Split(strings.ReplaceAll(string(want), "\r\n", "\n"), "\n"), strings.Split(got.String(), "\n"))
}

func TestNoTwoMutantsAreCalledTheSame(t *testing.T) {
	seen := make(map[string]bool)
	for _, m := range of(t, "testdata/solution.go").Mutants {
		assert.False(t, seen[m.Change], "twice: %s", m.Change)
		assert.NotContains(t, m.Change, "\n")
		assert.NotContains(t, m.Change, " // ", "it could not be listed")
		seen[m.Change] = true
	}
}

func TestWhatNothingCanSeeIsNoMutant(t *testing.T) {
	for _, m := range of(t, "testdata/solution.go").Mutants {
		assert.NotContains(t, m.Change, "drop defer timer.Stop", "a timer that was made here need not be stopped")
		assert.NotContains(t, m.Change, "lostError.Error", "only a text")
		assert.NotContains(t, m.Change, "make(chan error, 2)", "a mailbox may have more room")
		assert.NotContains(t, m.Change, "=> return make([]int", "a capacity")
	}
}

// shapes has a function of each shape that a copy has to be called from.
const shapes = `package main

import "fmt"

type pair[K comparable, V any] struct {
	key   K
	value V
}

func (p *pair[K, V]) set(key K, value V) { p.key, p.value = key, value }

func (pair[K, V]) size(_ K, more ...V) int { return len(more) + 1 }

func each[T any](all []T, do func(int, T)) {
	for i, one := range all {
		do(i, one)
	}
}

func sum(int, string) (total int, err error) {
	total = 1
	total += 2
	return total, nil
}

func init() { fmt.Println("init", 1) }

func main() {
	var p pair[string, int]
	p.set("a", 1)
	fmt.Println(p, p.size("b", 1, 2, 3))
	each([]string{"x", "y"}, func(i int, s string) { fmt.Println(i, s) })
	fmt.Println(sum(1, "z"))
	fmt.Println(2)
}
`

func TestACombinedFileRunsAsEachMutantAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(file, []byte(shapes), 0o644))
	f := of(t, file)
	require.Greater(t, len(f.Mutants), 10)

	together := build(t, f.Combined())
	plain, err := exec.CommandContext(t.Context(), build(t, []byte(shapes))).CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, string(plain), run(t, together, 0), "without a number no mutant runs")
	last := make(map[string]int) // of each function, its last mutant
	for i, m := range f.Mutants {
		function, _, _ := strings.Cut(m.Change, ": ")
		last[function] = i + 1
	}
	require.Len(t, last, 6)
	for _, n := range last {
		got := run(t, together, n)
		assert.NotEqual(t, string(plain), got, f.Mutants[n-1].Change)
		assert.Equal(t, run(t, build(t, f.Alone(n)), 0), got, f.Mutants[n-1].Change)
	}
}

func build(t *testing.T, source []byte) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(file, source, 0o644))
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "main.exe"), file).CombinedOutput()
	require.NoError(t, err, "%s\n%s", out, source)
	return filepath.Join(dir, "main.exe")
}

// run returns what a program prints; how it panics is the place's own.
func run(t *testing.T, program string, mutant int) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), mutation.Variable+"="+strconv.Itoa(mutant))
	out, _ := cmd.CombinedOutput() // a mutant may well fail
	said, _, _ := strings.Cut(string(out), "\ngoroutine ")
	return said
}
