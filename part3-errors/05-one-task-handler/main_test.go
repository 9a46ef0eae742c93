package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// The page says that a cancellation passes through a handler, and that a
// cancelled task gets no second chance.
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

// The page says that a panic or a failure is logged also when ctx has ended: only the cancellation itself passes.
func TestABugThatIsFoundAfterACancellationIsLogged(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for name, after := range map[string]func() error{
			"a panic":   func() error { panic(errPages) },
			"a failure": func() error { return errPaper },
		} {
			var said strings.Builder
			ctx, cancel := context.WithCancel(t.Context())
			wrapped := handle(slog.New(slog.NewTextHandler(&said, nil)), func(context.Context) error {
				cancel()
				return after()
			})
			require.NoError(t, wrapped(ctx), name)
			assert.Contains(t, said.String(), "handler: ", name)
		}
	})
}
