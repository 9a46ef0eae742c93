package course

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lay writes files below a new folder, and returns the folder.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return root
}

// twoParts is a workshop of three lessons, with folders and files that are none.
func twoParts(t *testing.T) string {
	t.Helper()
	return lay(t, map[string]string{
		"go.work":                                          "go 1.26.0\n",
		"part1-tasks/README.md":                            "# Tasks\n",
		"part1-tasks/01-create-task/README.md":             "---\nminutes: 1\n---\n# Start a task\n",
		"part1-tasks/01-create-task/exercise/exercise.go":  "package exercise\n",
		"part1-tasks/02-cancel/README.md":                  "---\nminutes: 1\nlesson.py: none\n---\n# Stop it\n",
		"part1-tasks/tasks/tasks.go":                       "package tasks\n",
		"part1-tasks/03-a-file":                            "no folder",
		"part2-queues-locks/01-queue/README.md":            "# Queue\n",
		"part3":                                            "no folder",
		"party-1/01-none/README.md":                        "# None\n",
		"part1-tasks/02-cancel/go.work":                    "go 1.26.0\n", // the learner's own
		"part1-tasks/02-cancel/exercise/_wrong/a-leak.go":  "package exercise\n",
		"part1-tasks/02-cancel/exercise/_wrong/notes.md":   "no answer",
		"part1-tasks/02-cancel/exercise/_right/another.go": "package exercise\n",
		"part1-tasks/02-cancel/stop/README.md":             "# Stop it twice\n",
		"part1-tasks/02-cancel/stop/exercise/exercise.go":  "package exercise\n",
	})
}

func TestPartsAndLessonsAreReadFromTheFolders(t *testing.T) {
	root := twoParts(t)
	parts, err := Parts(root)
	require.NoError(t, err)
	first := Lesson{Root: root, Dir: "part1-tasks/01-create-task", Part: 1, Number: 1}
	second := Lesson{Root: root, Dir: "part1-tasks/02-cancel", Part: 1, Number: 2}
	third := Lesson{Root: root, Dir: "part2-queues-locks/01-queue", Part: 2, Number: 1}
	assert.Equal(t, []Part{
		{Dir: "part1-tasks", Number: 1, Title: "Tasks", Lessons: []Lesson{first, second}},
		{Dir: "part2-queues-locks", Number: 2, Title: "part2-queues-locks", Lessons: []Lesson{third}},
	}, parts)
	all, err := Lessons(root)
	require.NoError(t, err)
	assert.Equal(t, []Lesson{first, second, third}, all)

	assert.Equal(t, "1.2", second.ID())
	assert.Equal(t, "02-cancel", second.Folder())
	assert.Equal(t, "cancel", second.Name())
	assert.Equal(t, "Stop it", second.Title())
	assert.True(t, first.HasExercise())
	assert.False(t, third.HasExercise())
	assert.True(t, first.HasTwin())
	assert.False(t, second.HasTwin(), "its page says so")
	assert.Equal(t, []string{second.path("exercise", "_wrong", "a-leak.go")}, second.WrongAnswers())
	assert.Equal(t, []string{second.path("exercise", "_right", "another.go")}, second.RightAnswers())

	further := Lesson{Root: root, Dir: "part1-tasks/02-cancel/stop", Part: 1, Number: 2, More: "stop"}
	assert.Equal(t, []Lesson{further}, second.Further())
	assert.Equal(t, "1.2/stop", further.ID())
	assert.Equal(t, "1.2/stop", further.Name())
	assert.Equal(t, "Stop it twice", further.Title())
	for _, c := range further.Cases(false) {
		assert.NotContains(t, []Kind{Told, Python}, c.Kind, "the story is its lesson's")
	}
	exercises, err := Exercises(root)
	require.NoError(t, err)
	assert.Equal(t, []Lesson{first, second, further}, exercises)

	_, err = Lessons(filepath.Join(root, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestTheRootIsTheNearestFolderWithPartsAndAWorkspace(t *testing.T) {
	root := twoParts(t)
	for _, dir := range []string{".", "part1-tasks", "part1-tasks/02-cancel", "part1-tasks/02-cancel/exercise"} {
		found, err := Root(filepath.Join(root, filepath.FromSlash(dir)))
		require.NoError(t, err, dir)
		assert.Equal(t, root, found, dir)
	}
	_, err := Root(t.TempDir())
	assert.ErrorContains(t, err, "change to the folder that you cloned")
}

func TestALessonIsFoundByEachOfItsNamesAndPaths(t *testing.T) {
	root := twoParts(t)
	t.Chdir(filepath.Join(root, "part1-tasks"))
	for _, name := range []string{
		"1.2", "02-cancel", "cancel", "part1-tasks/02-cancel", "part1-tasks/02-cancel/", "02-cancel/exercise/exercise.go",
		"part1-tasks/02-cancel/exercise/exercise.go", filepath.Join(root, "part1-tasks", "02-cancel"),
	} {
		l, err := Find(root, name)
		require.NoError(t, err, name)
		assert.Equal(t, "part1-tasks/02-cancel", l.Dir, name)
	}
	for _, name := range []string{"1.2/stop", "02-cancel/stop/exercise/exercise.go", filepath.Join(root, "part1-tasks", "02-cancel", "stop")} {
		l, err := Find(root, name)
		require.NoError(t, err, name)
		assert.Equal(t, "part1-tasks/02-cancel/stop", l.Dir, name)
	}
	for name, says := range map[string]string{
		"1.02":        "did you mean cancel (1.2)?",
		"part 1":      "go run ./workshop list names them all",
		"1":           "part 1 has 1.1 to 1.2",
		"1.7":         "part 1 has 1.1 to 1.2",
		"part2":       "part 2 has 2.1 to 2.1",
		"part1-tasks": "part 1 has 1.1 to 1.2",
		"9.9":         "there are 1.1 to 1.2, 2.1 to 2.1",
		"cancle":      "did you mean cancel (1.2)?",
		"stop":        "did you mean cancel (1.2)?",
		"xyzzy":       "go run ./workshop list names them all",
	} {
		_, err := Find(root, name)
		require.ErrorIs(t, err, ErrNoLesson, name)
		assert.ErrorContains(t, err, says, name)
	}
}

func TestAnAnswerIsBegunWhenItIsNotTheStub(t *testing.T) {
	const stub = "package exercise\n\nfunc Answer() { panic(\"not written yet\") }\n"
	for name, c := range map[string]struct {
		files map[string]string
		begun bool
	}{
		"as it was":            {map[string]string{"exercise.go": stub}, false},
		"with Windows' lines":  {map[string]string{"exercise.go": "package exercise\r\n\r\nfunc Answer() { panic(\"not written yet\") }\r\n"}, false},
		"changed":              {map[string]string{"exercise.go": stub + "// a thought\n"}, true},
		"with one more file":   {map[string]string{"exercise.go": stub, "more.go": "package exercise\n"}, true},
		"with the tests' file": {map[string]string{"exercise.go": stub, "exercise_test.go": "package exercise\n"}, false},
		"gone":                 {map[string]string{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"p/exercise/_stub/exercise.go": stub}
			for file, text := range c.files {
				files["p/exercise/"+file] = text
			}
			l := Lesson{Root: lay(t, files), Dir: "p"}
			assert.Equal(t, c.begun, l.Begun())
			assert.False(t, l.Conflict())
			assert.Equal(t, c.files["exercise.go"] == "", l.Fingerprint() == "")
		})
	}
	assert.False(t, Lesson{Root: lay(t, map[string]string{"p/exercise/exercise.go": stub}), Dir: "p"}.Begun(), "without a stub there is nothing to begin")
	assert.True(t, Lesson{Root: lay(t, map[string]string{"p/exercise/exercise.go": "a\n<<<<<<< HEAD\nb\n"}), Dir: "p"}.Conflict())
}

func TestDistanceCountsChangedAddedDroppedAndSwappedLetters(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"lock", "lock", 0},
		{"lock", "look", 1},
		{"lock", "locks", 1},
		{"clock", "lock", 1},
		{"lock", "lokc", 1},
		{"lock", "olck", 1},
		{"lock", "olkc", 2},
		{"queue", "event", 4},
		{"ab", "xba", 2},
		{"aab", "baa", 2},
	} {
		assert.Equal(t, c.want, distance(c.a, c.b), "%s %s", c.a, c.b)
		assert.Equal(t, c.want, distance(c.b, c.a), "%s %s", c.b, c.a)
	}
}

func TestAFingerprintIsThatOfAllFilesOfTheAnswer(t *testing.T) {
	of := func(files map[string]string) string { return Lesson{Root: lay(t, files), Dir: "p"}.Fingerprint() }
	alone := of(map[string]string{"p/exercise/exercise.go": "a"})
	assert.Equal(t, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", alone, "that of the file, as other tools know it")
	both := of(map[string]string{"p/exercise/exercise.go": "a", "p/exercise/more.go": "b"})
	assert.NotEqual(t, alone, both)
	assert.NotEqual(t, both, of(map[string]string{"p/exercise/exercise.go": "a", "p/exercise/more.go": "c"}))
	assert.NotEqual(t, both, of(map[string]string{"p/exercise/exercise.go": "a", "p/exercise/less.go": "b"}))
	assert.NotEqual(t, both, of(map[string]string{"p/exercise/exercise.go": "ab", "p/exercise/more.go": ""}))
	assert.Equal(t, alone, of(map[string]string{"p/exercise/exercise.go": "a", "p/exercise/exercise_test.go": "b"}))
}
