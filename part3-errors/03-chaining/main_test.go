package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

var errStuck = errors.New("the scale is stuck")

func fails(context.Context) (kg int, err error) {
	time.Sleep(400 * time.Millisecond)
	return 0, errStuck
}

// The page says what becomes of the article's chain in Go: nothing hangs, but a callback that does not look at err goes on with zero.
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

// And a callback that leaves when there is an error leaves main waiting, as in asyncio.
func TestACallbackThatLeavesOnErrorTellsNobody(t *testing.T) {
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
			t.Error("somebody told main")
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
