package main

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// The page says that an hour in a bubble takes no time, and is exactly an hour.
func TestAnHourInABubbleTakesNoTime(t *testing.T) {
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		<-ctx.Done()
		assert.Equal(t, time.Hour, time.Since(start))
	})
	assert.Less(t, time.Since(began), time.Minute)
}

// The page says that synctest.Wait returns when all other goroutines of the bubble are blocked, so that a test can look at what is left.
func TestWaitReturnsWhenAllOthersAreBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mirrors{log: slog.New(slog.DiscardHandler)}
		assert.Equal(t, "A", first(t.Context(), &m))
		synctest.Wait()
		assert.EqualValues(t, 1, m.running.Load(), "the slower mirror runs on")
		assert.Equal(t, "A", mended(t.Context(), &m))
		synctest.Wait()
		assert.Zero(t, m.running.Load())
	})
}

// The page says that goleak finds a goroutine that is left behind.
func TestGoleakFindsAGoroutineThatIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	release, over := make(chan struct{}), sync.WaitGroup{}
	over.Go(func() { <-release })
	err := goleak.Find(before)
	close(release)
	over.Wait()
	require.ErrorContains(t, err, "found unexpected goroutines")
}

// The page says that a bubble's clock stands still while a goroutine waits for a mutex: a goroutine outside could unlock it.
func TestABubblesClockStandsStillAtAMutex(t *testing.T) {
	began := time.Now()
	var mu sync.Mutex
	mu.Lock()
	time.AfterFunc(50*time.Millisecond, mu.Unlock)
	synctest.Test(t, func(*testing.T) {
		go func() {
			mu.Lock()
			defer mu.Unlock()
		}()
		time.Sleep(time.Hour)
	})
	assert.GreaterOrEqual(t, time.Since(began), 50*time.Millisecond)
}
