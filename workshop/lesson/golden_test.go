package lesson_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestOneMoreTellingHasFilesOfItsOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	story := func(_ context.Context, log *slog.Logger) error {
		log.Info("begins")
		time.Sleep(time.Second)
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
