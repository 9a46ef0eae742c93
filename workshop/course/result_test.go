package course

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASummaryIsOneLine(t *testing.T) {
	t.Parallel()
	ok, wrong := Test{Name: "TestA", Passed: true}, Test{Name: "TestB", Message: "exercise_test.go:9: it leaks"}
	todo, unrun := Test{Name: "TestC", Message: "not written yet: exercise.go:3"}, Test{Name: "TestD", NotRun: true}
	for want, r := range map[string]Result{
		"Right: all 1 tests pass":                        {Tests: []Test{ok}},
		"0 right, 0 wrong, 0 not written yet":            {},
		"It does not compile":                            {NotCompiled: true, Broken: "undefined: x"},
		"It compiles, but go vet finds a mistake":        {Vetted: true, Broken: "Printf"},
		"The tests could not run to their end":           {Tests: []Test{ok}, Broken: "hang"},
		"Nothing is written yet":                         {Tests: []Test{todo, unrun}},
		"0 right, 0 wrong, 0 not written yet, 1 not run": {Tests: []Test{unrun}},
		"1 right, 0 wrong, 1 not written yet":            {Tests: []Test{ok, todo}},
		"1 right, 1 wrong, 1 not written yet":            {Tests: []Test{ok, wrong, todo}},
		"1 right, 1 wrong, 0 not written yet, 2 not run": {Tests: []Test{ok, wrong, unrun, unrun}},
	} {
		assert.Equal(t, want, r.Summary())
		assert.Equal(t, want == "Right: all 1 tests pass", r.Passed(), want)
	}
	r := Result{Tests: []Test{{Passed: true, Message: "leaks"}, {Message: "it hangs"}}, Broken: "no test ran"}
	assert.True(t, r.Says("hangs"))
	assert.True(t, r.Says("no test"))
	assert.False(t, r.Says("leaks"), "of a test that passed")
}

func TestAPageShowsTestsThatSayTheSameOnce(t *testing.T) {
	t.Parallel()
	l := Lesson{Root: lay(t, map[string]string{"p/exercise/exercise.go": "one\ntwo\n"}), Dir: "p"}
	const run = `{"lines":[{"text":"begins"},{"text":"fails"}],"wrong":1,"solution":[{"text":"begins"},{"text":"ends"}]}`
	shown := l.Show(Result{Tests: []Test{
		{Name: "TestA", Passed: true},
		{Name: "TestB", Message: "exercise_test.go:9: it leaks: exercise.go:2", Run: run},
		{Name: "TestC", Message: "exercise_test.go:8: it leaks: exercise.go:2"},
	}})
	require.Len(t, shown.Tests, 2)
	both := shown.Tests[1]
	assert.Equal(t, Shown{Summary: "1 right, 2 wrong, 0 not written yet", Failing: []string{"TestB", "TestC"}, Tests: []Said{
		{Names: []string{"TestA"}, Sentences: []string{"a"}, State: OK, Apart: -1},
		{
			Names: []string{"TestB", "TestC"}, Sentences: []string{"b", "c"}, State: Wrongly,
			Message: "exercise_test.go:9: it leaks: exercise.go:2", Quoted: []SourceLine{{2, "two"}}, Run: both.Run, Apart: 1,
		},
	}}, shown)
	require.NotNil(t, both.Run)
	assert.Len(t, both.Run.Solution, 2)
	empty := l.Show(Result{Broken: "no test ran"})
	assert.Equal(t, Shown{Summary: "The tests could not run to their end", Broken: "no test ran", Tests: []Said{}}, empty)
	assert.True(t, l.Show(Result{Tests: []Test{{Passed: true}}}).Passed)
}

func TestTheNameOfATestIsASentence(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"TestLeavesNothingBehind": "leaves nothing behind",
		"TestAPanicGoesOn":        "a panic goes on",
		"TestTwo/the_second_one":  "two/the second one",
	} {
		assert.Equal(t, want, Test{Name: name}.Sentence())
	}
}
