package lesson_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

// returned is the exit status of a child process in which Main has returned.
const returned = 7

// told is a story that a child process tells by Main.
func told(t *testing.T, story lesson.Story) *exec.Cmd {
	t.Helper()
	if os.Getenv(broken) != "" {
		lesson.Main(story)
		os.Exit(returned)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=30s")
	cmd.Env = append(os.Environ(), broken+"=1")
	return cmd
}

func TestMainTellsAStoryAndReturns(t *testing.T) {
	out, _ := told(t, func(_ context.Context, log *slog.Logger) error {
		log.Info("begins")
		time.Sleep(150 * time.Millisecond)
		log.Info("ends", "task", "a")
		return nil
	}).Output()
	assert.Regexp(t, `^   0\.0s  main        begins\n +(0\.[1-9]|[1-9]\.\d)s  a           ends\n$`, string(out))
}

func TestMainEndsWithStatus1AndTheErrorOfTheStory(t *testing.T) {
	cmd := told(t, func(context.Context, *slog.Logger) error { return errors.New("no bank") })
	var errs bytes.Buffer
	cmd.Stderr = &errs
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Run(), &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Equal(t, "the story ended early: no bank\n", errs.String())
}

func TestMainReturnsWhenTheStoryDoes(t *testing.T) {
	var exit *exec.ExitError
	require.ErrorAs(t, told(t, func(context.Context, *slog.Logger) error { return nil }).Run(), &exit)
	assert.Equal(t, returned, exit.ExitCode())
}

// part builds a part with these lessons: their folders, each with its main function.
func part(t *testing.T, lessons map[string]string) *exec.Cmd {
	t.Helper()
	own, err := os.Getwd()
	require.NoError(t, err)
	root := t.TempDir()
	files := map[string]string{
		"go.work":       "go 1.26.0\n\nuse (\n\t./part\n\t" + filepath.ToSlash(own) + "\n)\n",
		"part/go.mod":   "module example.com/part\n\ngo 1.26.0\n",
		"part/main.go":  "package main\n\nimport \"example.com/asyncio-to-go/workshop/lesson\"\n\nfunc main() { lesson.Part() }\n",
		"part/plain.go": "package main\n", // no lesson
	}
	for folder, body := range lessons {
		files["part/"+folder+"/main.go"] = "package main\n\nimport \"os\"\n\nfunc main() {" + body + "}\n"
		files["part/"+folder+"/README.md"] = "# Lesson " + folder[:2] + "\n"
	}
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(root, "part.exe"), ".")
	build.Dir = filepath.Join(root, "part")
	build.Env = append(os.Environ(), "GOFLAGS=", "GOWORK="+filepath.Join(root, "go.work"))
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, "part.exe"))
	cmd.Env = build.Env
	return cmd
}

func TestAPartTellsItsLessonsInTurnUntilOneFails(t *testing.T) {
	t.Parallel()
	cmd := part(t, map[string]string{
		"01-first":  `os.Stdout.WriteString("one\n")`,
		"02-second": `os.Stdout.WriteString("two\n"); os.Exit(3)`,
		"03-third":  `os.Stdout.WriteString("three\n")`,
		"notes":     `os.Stdout.WriteString("no lesson\n")`,
	})
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Run(), &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Equal(t, "Lesson 01\n\none\n\nLesson 02\n\ntwo\n", out.String())
	assert.True(t, strings.HasSuffix(errs.String(), "02-second: exit status 1\n"), errs.String())
}

func TestAPartWhoseLessonsPassEndsWell(t *testing.T) {
	t.Parallel()
	out, err := part(t, map[string]string{"01-first": `os.Stdout.WriteString("one\n")`}).Output()
	require.NoError(t, err)
	assert.Equal(t, "Lesson 01\n\none\n", string(out))
}

func TestAPartWithoutLessonsSaysSo(t *testing.T) {
	t.Parallel()
	cmd := part(t, nil)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Run(), &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Contains(t, errs.String(), "no lessons in ")
}
