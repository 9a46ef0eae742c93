package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

func TestAWeightedReturnsTheErrAndNotTheCause(t *testing.T) {
	permits := semaphore.NewWeighted(1)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("closing time"))
	assert.Equal(t, context.Canceled, permits.Acquire(ctx, 1))
	assert.True(t, permits.TryAcquire(1), "on an ended ctx nothing is taken, though a permit is free")
}

func TestAHeavyWaiterHoldsBackTheLightOneBehindIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		permits := semaphore.NewWeighted(3)
		require.NoError(t, permits.Acquire(t.Context(), 2))
		start := time.Now()
		var waiters sync.WaitGroup
		for _, weight := range []int64{3, 1} { // one is free: it would do for the second
			waiters.Go(func() {
				if assert.NoError(t, permits.Acquire(t.Context(), weight)) {
					assert.Equal(t, time.Second, time.Since(start))
					permits.Release(weight)
				}
			})
			synctest.Wait()
		}
		time.Sleep(time.Second)
		permits.Release(2)
		waiters.Wait()
	})
}

func TestWhoAsksForMoreThanThereIsWaitsUntilCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		require.ErrorIs(t, semaphore.NewWeighted(2).Acquire(ctx, 3), context.DeadlineExceeded)
		require.Equal(t, time.Hour, time.Since(start))
	})
}

// As in the story: the bug is one worker's, and another has the damage.
func TestOfAChannelTheLastOneToReleaseWaitsForEver(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		permits := make(chan struct{}, 2)
		permits <- struct{}{} // one worker has a permit
		permits <- struct{}{} // another one, too
		<-permits
		<-permits // the first one gives back two

		released := make(chan struct{})
		go func() { <-permits; close(released) }() // the other one gives back its own
		select {
		case <-released:
			t.Error("nothing was left to release")
		case <-time.After(time.Hour):
		}
		permits <- struct{}{} // so that the test may end
		<-released
	})
}

func TestSetLimitMakesTheCallerOfGoWait(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var group errgroup.Group
		group.SetLimit(2)
		for range 3 {
			group.Go(func() error { time.Sleep(time.Second); return nil })
		}
		require.Equal(t, time.Second, time.Since(start), "the third Go waited for a place")
		require.NoError(t, group.Wait())
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}
