package lesson_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestOneMoreTellingHasFilesOfItsOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	story := func(ctx context.Context, log *slog.Logger) error {
		log.Info("begins")
		if err := lesson.Pause(ctx, time.Second); err != nil {
			return err
		}
		log.Info("has ended")
		return nil
	}
	require.NoError(t, os.WriteFile("README.md", []byte("# A lesson\n"), 0o600)) // without a transcript: it is left alone
	lesson.SetUpdate(true)
	lesson.GoldenAs(t, "stage-3", story)
	lesson.SetUpdate(false)
	transcript, err := os.ReadFile("transcript-stage-3.txt")
	require.NoError(t, err)
	assert.Equal(t, "   0.0s  main        begins\n   1.0s  main        has ended\n", string(transcript))
	picture, err := os.ReadFile("timeline-stage-3.svg")
	require.NoError(t, err)
	assert.Equal(t, lesson.Play(t, story).Timeline("A lesson, stage 3"), string(picture))

	said := lesson.GoldenAs(t, "stage-3", story)
	assert.Len(t, said, 2)
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Len(t, files, 4, "nothing else is written but the trace")
}

func TestACapturedStoryMayBeTimedOtherwise(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("transcript.txt", []byte("   0.0s  a           begins\n   0.4s  b           begins\n   1.0s  a           ends\n"), 0o600))
	said := lesson.Captured(t, func(_ context.Context, log *slog.Logger) error {
		log.Info("begins", "task", "b")
		log.Info("begins", "task", "a")
		log.Info("ends", "task", "a")
		return nil
	})
	assert.Len(t, said, 3)
}

func TestUpdateWritesWhatARunGivesAndTheTranscriptOfThePage(t *testing.T) {
	t.Chdir(t.TempDir())
	const page = "# A lesson\n\n```text\nno transcript\n```\n\n## Run it\n\nText.\n\n```text\nold\n```\n\n```text\nkept\n```\n"
	require.NoError(t, os.WriteFile("README.md", []byte(page), 0o600))
	lesson.SetUpdate(true)
	said := lesson.Golden(t, short)
	lesson.SetUpdate(false)
	for file, want := range map[string]string{
		"transcript.txt": "   0.0s  main        begins\n",
		"timeline.svg":   said.Timeline("A lesson"),
		"README.md":      strings.Replace(page, "old", "   0.0s  main        begins", 1),
	} {
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
	assert.Equal(t, said, lesson.Golden(t, short))
}

func TestUpdateWritesACapturedStoryAsItWasTold(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("README.md", []byte(aPage), 0o600))
	lesson.SetUpdate(true)
	said := lesson.Captured(t, func(_ context.Context, log *slog.Logger) error {
		time.Sleep(120 * time.Millisecond)
		log.Info("is awake", "task", "a")
		return nil
	})
	lesson.SetUpdate(false)
	require.Len(t, said, 1)
	assert.GreaterOrEqual(t, said[0].At, 120*time.Millisecond)
	for _, file := range []string{"transcript.txt", "README.md"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Contains(t, string(text), said.String())
	}
}

func TestByTaskIsWhatEachTaskSaysWithoutTheTimes(t *testing.T) {
	assert.Equal(t, map[string][]string{"main": {"begins", "ends"}, "worker 0": {"waits  long"}},
		lesson.ByTask("   0.0s  main        begins\r\n  12.0s  worker 0    waits  long\n\n1.0s\n   0.1s  main        ends"))
}

func TestTheTitleOfALessonIsItsPagesHeadingOrItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "01-first")
	require.NoError(t, os.Mkdir(dir, 0o755))
	assert.Equal(t, "01-first", lesson.Title(dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "README.md"), []byte("---\nminutes: 1\n---\nno title\n# The first \r\n# The second\n"), 0o600))
	assert.Equal(t, "The first", lesson.Title(dir))
	t.Chdir(dir)
	require.NoError(t, os.Remove("README.md"))
	assert.Equal(t, "01-first", lesson.Title("."))
}
