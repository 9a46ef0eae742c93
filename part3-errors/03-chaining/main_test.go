package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The page says in which order the chapter's chain runs.
func TestStory(t *testing.T) {
	lesson.Golden(t, story, lesson.Claim(func(t *testing.T, said lesson.Transcript) {
		var chain []string
		for _, line := range said {
			if line.At < time.Second && !slices.Contains(chain[max(0, len(chain)-1):], line.Task) {
				chain = append(chain, line.Task)
			}
		}
		assert.Equal(t, []string{"main", "scale", "callback 1", "printer", "callback 2", "main"}, chain)
	}))
}

var errStuck = errors.New("the scale is stuck")

func fails(context.Context) (kg int, err error) {
	time.Sleep(400 * time.Millisecond)
	return 0, errStuck
}

// The page says what a callback in Go does that ignores its error: it goes on with zero.
func TestACallbackThatIgnoresTheErrorGoesOnWithZero(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		labels := make(chan string, 1)
		first := tasks.Go(t.Context(), fails)
		first.OnDone(func(kg int, _ error) {
			second := tasks.Go(t.Context(), func(context.Context) (string, error) { return fmt.Sprintf("%d kg", kg), nil })
			second.OnDone(func(label string, _ error) { labels <- label })
		})
		assert.Equal(t, "0 kg", <-labels)
	})
}

// And that main waits without end when a callback returns at an error and does not pass it on, as in asyncio.
func TestMainHangsWhenACallbackKeepsTheError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		done := make(chan struct{})
		first := tasks.Go(ctx, fails)
		first.OnDone(func(_ int, err error) {
			if err != nil {
				return
			}
			close(done)
		})
		select {
		case <-done:
			t.Error("main went on")
		case <-ctx.Done():
		}
	})
}

// The page says that the cancellation of a finished task does not reach the task that its callback has started.
func TestCancellingTheFirstTaskDoesNotReachTheSecond(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended := make(chan error, 1)
		first := tasks.Go(t.Context(), func(context.Context) (int, error) { return 3, nil })
		first.OnDone(func(int, error) {
			second := tasks.Go(t.Context(), func(ctx context.Context) (string, error) {
				time.Sleep(400 * time.Millisecond)
				return "", ctx.Err()
			})
			second.OnDone(func(_ string, err error) { ended <- err })
		})
		time.Sleep(200 * time.Millisecond)
		first.Cancel(errors.New("not wanted"))
		assert.NoError(t, <-ended)
	})
}

// The page says why the story waits for its display: Wait waits for the task, not for its callbacks.
func TestWaitDoesNotWaitForCallbacks(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		shown := make(chan struct{})
		task := tasks.Go(t.Context(), fails)
		task.OnDone(func(int, error) {
			time.Sleep(time.Second)
			close(shown)
		})
		start := time.Now()
		_, err := task.Wait(t.Context())
		require.ErrorIs(t, err, errStuck)
		assert.Equal(t, 400*time.Millisecond, time.Since(start))
		<-shown
		assert.Equal(t, 1400*time.Millisecond, time.Since(start))
	})
}
