package course

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFailedTestShowsTheSolutionsRunBesideTheAnswers(t *testing.T) {
	root, err := Root(".")
	require.NoError(t, err)
	l, err := Find(root, "1.1")
	require.NoError(t, err)
	found, err := l.Judge(t.Context(), map[string]string{"exercise.go": l.path("exercise", "_wrong", "drifts.go")}, nil)
	require.NoError(t, err)
	require.False(t, found.Passed())
	l.besideSolution(t.Context(), &found)
	for _, test := range found.Tests {
		if test.Name != "TestDoesNotDrift" {
			continue
		}
		run := test.OwnRun()
		require.NotNil(t, run, "the test tells no run")
		require.NotEmpty(t, run.Solution)
		assert.Equal(t, 3, run.Apart(), "the second call comes late")
		assert.Equal(t, "call 2 begins", run.Lines[3].Text)
		assert.Equal(t, "call 2 begins", run.Solution[3].Text)
		assert.Less(t, run.Solution[3].At, run.Lines[3].At)
		return
	}
	t.Fatal("TestDoesNotDrift did not run")
}

func TestALongRunIsWhole(t *testing.T) {
	root, err := Root(".")
	require.NoError(t, err)
	l, err := Find(root, "2.2")
	require.NoError(t, err)
	found, err := l.Judge(t.Context(), map[string]string{"exercise.go": l.path("exercise", "_wrong", "the-empty-key-needs-no-lock.go")}, nil)
	require.NoError(t, err)
	for _, test := range found.Tests {
		if test.Name != "TestManyKeysDoNotWaitForEachOther" {
			continue
		}
		run := test.OwnRun()
		require.NotNil(t, run, "the test tells no run")
		assert.GreaterOrEqual(t, len(run.Lines), 200)
		assert.NotContains(t, test.Message, "ATTR")
		return
	}
	t.Fatal("TestManyKeysDoNotWaitForEachOther did not run")
}
