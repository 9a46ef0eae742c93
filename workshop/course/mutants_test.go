package course

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// solved is a lesson in a workshop of its own with a solution, the tests that
// judge it and the list of mutants that may live.
func solved(t *testing.T, solution, tests, list string) Lesson {
	t.Helper()
	l := exercise(t, "func Answer() { panic(\"not written yet\") }\n")
	require.NoError(t, os.Mkdir(filepath.Dir(l.Solution()), 0o755))
	for file, text := range map[string]string{
		l.Solution():                           "package exercise\n\n" + solution,
		l.path("exercise", "exercise_test.go"): "//go:build exercise\n\npackage exercise\n\n" + tests,
		l.MutantList():                         list,
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return l
}

// fates are what became of the mutants, by their changes.
func fates(t *testing.T, l Lesson) map[string]Mutant {
	t.Helper()
	all := make(map[string]Mutant)
	require.NoError(t, l.Mutants(t.Context(), func(m Mutant) { all[m.Change] = m }))
	return all
}

const counts = `func Answer() {}

func Above(n, limit int) bool { return n > limit }

func Add(to *int, n int) {
	*to = *to + n
	*to += 0
}
`

func TestAMutantIsKilledOrLivesOrIsListed(t *testing.T) {
	l := solved(t, counts, `import "testing"

func TestAbove(t *testing.T) {
	if !Above(2, 1) || Above(0, 1) {
		t.Error("wrong")
	}
}

func TestAdd(t *testing.T) {
	n := 1
	if Add(&n, 1); n != 2 {
		t.Error("wrong")
	}
}
`, "# what nothing can see\n\nAdd: drop *to += 0 // it adds nothing\nAdd: *to += 0 => *to -= 0 //  nor does this\n"+
		"Above: n > limit => false // is not so\nGone: drop it // the solution has changed\n")
	all := fates(t, l)
	file := "part9-test/01-first/exercise/_solution/exercise.go"
	assert.Equal(t, Mutant{file, 5, "Above: return n > limit => return n >= limit", Lives, ""}, all["Above: return n > limit => return n >= limit"])
	assert.Equal(t, Mutant{file, 8, "Add: drop *to = *to + n", Killed, "TestAdd"}, all["Add: drop *to = *to + n"])
	assert.Equal(t, Mutant{file, 9, "Add: drop *to += 0", Listed, "it adds nothing"}, all["Add: drop *to += 0"])
	assert.Equal(t, Listed, all["Add: *to += 0 => *to -= 0"].State)
	assert.Equal(t, Mutant{"part9-test/01-first/exercise/_solution/mutants.txt", 0, "Gone: drop it", Stale, "the solution has no such mutant (any more)"},
		all["Gone: drop it"])
	assert.ErrorContains(t, l.checkMutantList(t.Context()), "Gone: drop it: the solution has no such mutant")
}

func TestAnEntryWhoseMutantIsKilledIsStale(t *testing.T) {
	l := solved(t, counts, "import \"testing\"\n\nfunc TestAbove(t *testing.T) {\n\tif Above(1, 1) {\n\t\tt.Error(\"wrong\")\n\t}\n}\n",
		"Above: return n > limit => return n >= limit // so it was once\n")
	stale := fates(t, l)["Above: return n > limit => return n >= limit"]
	assert.Equal(t, Stale, stale.State)
	assert.Contains(t, stale.Says, "TestAbove")
	assert.NoError(t, l.checkMutantList(t.Context()), "it fits a mutant; that is all that is looked at here")
}

func TestAMutantThatHangsOrFillsTheMemoryOrRacesIsKilled(t *testing.T) {
	race := CanRace(t.Context())
	l := solved(t, `import "sync"

func Answer() {}

func Sum(all []int) (sum int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, n := range all {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			sum += n
		})
	}
	wg.Wait()
	return sum
}

func Halve(n int) (times int) {
	for n > 1 {
		n /= 2
		times++
	}
	return times
}

func Fill(n int) (all [][]byte) {
	for len(all) < n {
		all = append(all, make([]byte, 1<<20))
		clear(all[len(all)-1])
	}
	return all
}
`, `import "testing"

func Test(t *testing.T) {
	if Sum([]int{3}) != 3 || Sum(make([]int, 9)) != 0 || Halve(8) != 3 {
		t.Error("wrong")
	}
	Fill(8)
}
`, "")
	patience := mutantPatience
	mutantPatience = 2 * time.Second
	t.Cleanup(func() { mutantPatience = patience })
	t.Setenv("WORKSHOP_MEMORY", "128MiB")
	all := fates(t, l)
	assert.Equal(t, Killed, all["Halve: drop n /= 2"].State)
	assert.Equal(t, "hang", all["Halve: drop n /= 2"].Says)
	assert.Equal(t, "memory", all["Fill: len(all) < n => true"].Says)
	if race == nil {
		assert.Equal(t, Killed, all["Sum: drop mu.Lock()"].State)
		assert.Equal(t, Killed, all["Sum: drop wg.Wait()"].State)
		assert.Equal(t, Killed, all["Sum: defer mu.Unlock() => mu.Unlock()"].State)
	}
}

func TestASolutionThatDoesNotPassHasNoMutants(t *testing.T) {
	l := solved(t, counts, "import \"testing\"\n\nfunc TestNever(t *testing.T) { t.Error(\"wrong\") }\n", "")
	require.ErrorContains(t, l.Mutants(t.Context(), nil), "itself does not pass: TestNever")

	require.NoError(t, os.WriteFile(l.Solution(), []byte("package exercise\n\nfunc Answer() int { return \"\" }\n"), 0o644))
	assert.ErrorContains(t, l.Mutants(t.Context(), nil), "does not compile")
}

func TestAListedMutantNeedsAReason(t *testing.T) {
	for list, want := range map[string]string{
		"Add: drop *to += 0\n":                     "no reason",
		"Add: drop x // one\nAdd: drop x // two\n": "listed twice",
	} {
		assert.ErrorContains(t, solved(t, counts, "", list).Mutants(t.Context(), nil), want)
	}
}
