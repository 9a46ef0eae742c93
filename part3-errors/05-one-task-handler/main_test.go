package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// The page says that a cancellation is not the handler's business, and that
// nobody gets a second chance then.
func TestACancellationPassesThroughTheWrappers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errClosing := errors.New("the shop closes")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errClosing)
		defer cancel()
		log, calls := slog.New(slog.DiscardHandler), 0
		wrapped := handle(log, retry(log, func(ctx context.Context) error {
			calls++
			return lesson.Pause(ctx, time.Hour)
		}))
		start := time.Now()
		require.ErrorIs(t, wrapped(ctx), errClosing)
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, 1, calls)
	})
}

// The page asks what retry, as the story has it, sees of a panic: nothing.
func TestAPanicGetsNoSecondChanceFromOutside(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		log, calls := slog.New(slog.DiscardHandler), 0
		wrapped := handle(log, retry(log, func(context.Context) error {
			calls++
			panic(errPages)
		}))
		require.NoError(t, wrapped(t.Context()))
		assert.Equal(t, 1, calls)
	})
}
