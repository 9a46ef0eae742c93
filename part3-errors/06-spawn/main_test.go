package main

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// The page says that a supervisor that stops refuses new tasks, so that the
// list of the unfinished is complete.
func TestNothingIsSpawnedOnceTheSupervisorStops(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var after error
		saves := supervisor.New(t.Context())
		require.NoError(t, saves.Go("save 1", func(ctx context.Context) error {
			<-ctx.Done()
			after = saves.Go("save 2", func(context.Context) error { return nil })
			return ctx.Err()
		}))
		require.NoError(t, saves.Stop(t.Context(), nil))
		assert.ErrorIs(t, after, supervisor.ErrStopped)
	})
}

// The page says that a channel of size 1 keeps the newest: its one sender
// takes back what has not been received yet, and never waits.
func TestTheNewestReplacesTheOlder(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newest := make(chan int, 1)
		for page := range 5 {
			select {
			case <-newest:
			default:
			}
			newest <- page
			synctest.Wait()
		}
		assert.Equal(t, 4, <-newest)
		assert.Empty(t, newest)
	})
}
