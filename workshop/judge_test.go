package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJudgeChecksAFolderOfAnswers(t *testing.T) {
	root := newWorkshop(t)
	const exercise = "part9-test/01-first/exercise"
	right := read(t, filepath.Join(root, exercise, "_solution/exercise.go"))
	wrong := read(t, filepath.Join(root, exercise, "_wrong/b.go"))
	stub := read(t, filepath.Join(root, exercise, "_stub/exercise.go"))
	answers := t.TempDir()
	answer := func(path, text string) {
		t.Helper()
		file := filepath.Join(answers, filepath.FromSlash(path))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		write(t, file, text)
	}
	answer("9.1/right-waits.go", right)
	answer("9.1/wrong-loses.go", wrong)
	answer("9.1/eve.go", stub+"}")
	answer("9.1/joe.go", stub)
	const more = "part9-test/01-first/more/exercise" // a further exercise
	require.NoError(t, os.CopyFS(filepath.Join(root, more), os.DirFS(filepath.Join(root, exercise))))
	tests := filepath.Join(root, more, "exercise_test.go")
	write(t, tests, strings.ReplaceAll(read(t, tests), exercise, more))
	answer("9.1/more/right-too.go", right)
	answer("9.1/two-files/exercise.go", "package exercise\n")
	answer("9.1/two-files/answer.go", right)
	// a learner's clone
	require.NoError(t, os.CopyFS(filepath.Join(answers, "ada"), os.DirFS(root)))
	write(t, filepath.Join(answers, "ada", exercise, "exercise.go"), wrong)

	status, stdout, stderr := workshop(t, root, "judge", answers)
	assert.Equal(t, 0, status, "no answer's name says something else than its verdict")
	assert.Empty(t, stderr)
	for _, line := range []string{
		`9\.1 +right-waits +right +\d+\.\d s`,
		`9\.1 +wrong-loses +wrong +\d+\.\d s  the cause was lost: .*`,
		`9\.1 +eve +does not compile +\d+\.\d s  exercise/exercise\.go:10:1: syntax error: .*`,
		`9\.1 +joe +to do +\d+\.\d s.*`,
		`9\.1/more +right-too +right +\d+\.\d s`,
		`9\.1 +two-files +right +\d+\.\d s`,
		`9\.1 +ada +wrong +\d+\.\d s  the cause was lost: .*`,
		`7 answers: 3 right, 2 wrong, 1 to do, 1 do not compile, 0 not judged`,
	} {
		assert.Regexp(t, "(?m)^"+line+"$", stdout)
	}
	assert.Equal(t, stub, read(t, filepath.Join(root, exercise, "exercise.go")), "judge changed the exercise")

	t.Run("an answer that is not what its name says", func(t *testing.T) {
		answer("9.1/right-is-not.go", wrong)
		status, stdout, _ := workshop(t, root, "judge", answers)
		assert.Equal(t, 1, status)
		assert.Contains(t, stdout, "1 are not what their names say: 9.1/right-is-not\n")
	})
	t.Run("for a script", func(t *testing.T) {
		_, stdout, _ := workshop(t, root, "judge", answers, "--json")
		var all []judged
		require.NoError(t, json.Unmarshal([]byte(stdout), &all))
		require.Len(t, all, 8)
		verdicts := make(map[string]string)
		for _, a := range all {
			verdicts[a.Name] = a.Verdict
		}
		assert.Equal(t, "right", verdicts["right-waits"])
		assert.Equal(t, "wrong", verdicts["right-is-not"])
		assert.Equal(t, "does not compile", verdicts["eve"])
	})
	t.Run("an empty folder is wrong use", func(t *testing.T) {
		status, _, stderr := workshop(t, root, "judge", t.TempDir())
		assert.Equal(t, 2, status)
		assert.Regexp(t, `^workshop: .*no answers in .*; it should hold LESSON/NAME\.go, or clones\n$`, stderr)
	})
	t.Run("a folder that is no lesson", func(t *testing.T) {
		answer("8.8/joe.go", right)
		status, _, stderr := workshop(t, root, "judge", answers)
		assert.Equal(t, 2, status)
		assert.Contains(t, stderr, "8.8")
	})
}
