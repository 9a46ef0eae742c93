package course

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheNearestNamesAreSuggested(t *testing.T) {
	root := t.TempDir()
	for n, name := range []string{"cancel", "groups", "timeouts", "shield"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, "part1-tasks", fmt.Sprintf("%02d-%s", n+1, name)), 0o755))
	}
	for name, want := range map[string]string{"cancle": "cancel (1.1)", "shields": "shield (1.4)", "time": "timeouts (1.3)"} {
		_, err := Find(root, name)
		require.ErrorIs(t, err, ErrNoLesson)
		assert.Contains(t, err.Error(), "did you mean "+want, name)
	}
	assert.Equal(t, 0, distance("lock", "lock"))
	assert.Equal(t, 2, distance("lock", "clocks"))
	assert.Equal(t, 4, distance("", "lock"))
	assert.Equal(t, 1, distance("lock", "look"))
}

func TestWithRequireAllNothingIsSkipped(t *testing.T) {
	t.Setenv("REQUIRE_ALL", "")
	require.ErrorIs(t, skip("no %s", "python3"), ErrSkipped)
	t.Setenv("REQUIRE_ALL", "1")
	require.NotErrorIs(t, skip("no %s", "python3"), ErrSkipped)
	require.EqualError(t, skip("no %s", "python3"), "no python3")
}

func TestAWrongAnswerThatIsRejectedLateIsAFault(t *testing.T) {
	t.Setenv("REQUIRE_ALL", "1") // elsewhere it is skipped
	within := wrongWithin
	wrongWithin = time.Second
	t.Cleanup(func() { wrongWithin = within })
	l := ones(t, "func Answer() int { return 1 }\n")
	add(t, l, "_wrong/late.go", "//wrong: it is slow\n//want: not 1\npackage exercise\n\nimport \"time\"\n\nfunc Answer() int { time.Sleep(time.Second); return 2 }\n")
	err := l.checkWrong(t.Context(), &trial{file: l.path("exercise", "_wrong", "late.go")})
	require.Error(t, err)
	assert.Regexp(t, `\Athe tests take \d+(\.\d+)?s to reject it, more than 1s, also when asked again; the machine may be busy\z`, err.Error())
}

// Shuffled, the exam may come first and wait for what fails after it.
func TestAProofNamesTheTestThatFailedNotTheOneThatWaitsForIt(t *testing.T) {
	r := Result{Tests: []Test{{Name: exam, NotRun: true, Message: "it comes later"}, {Name: "TestOne", Message: "not 1"}}}
	require.EqualError(t, r.mustPass(), "TestOne: not 1")
	r.Tests = r.Tests[:1]
	require.EqualError(t, r.mustPass(), exam+": it comes later")
}

// A solution that is right most of the time is found out by ten runs.
func TestAThoroughProofRunsTheSolutionTenTimes(t *testing.T) {
	l := ones(t, "func Answer() int { return 1 }\n")
	proof := func(thorough bool) error {
		cases := l.exerciseCases(thorough)
		return cases[slices.IndexFunc(cases, func(c Case) bool { return c.Kind == Solution })].Run(t.Context())
	}
	add(t, l, "_solution/exercise.go", "package exercise\n\nvar n int\n\nfunc Answer() int {\n\tif n++; n > 18 {\n\t\treturn 2\n\t}\n\treturn 1\n}\n")
	require.NoError(t, proof(false))
	require.ErrorContains(t, proof(true), "not 1")
	add(t, l, "_solution/exercise.go", "package exercise\n\nvar n int\n\nfunc Answer() int {\n\tif n++; n > 20 {\n\t\treturn 2\n\t}\n\treturn 1\n}\n")
	require.NoError(t, proof(true))
}
