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

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

func TestAChannelOfSizeOneServesOneWaiterAndOnce(t *testing.T) {
	answers := make(chan string, 1)
	answers <- "1.08" // does not wait
	assert.Equal(t, "1.08", <-answers)
	select {
	case <-answers:
		t.Error("a second receiver got it, too")
	default:
	}
}

func TestSettingAClosedChannelFutureTwicePanics(t *testing.T) {
	known := make(chan struct{})
	close(known)
	assert.Panics(t, func() { close(known) })
}

// The page says that sync.OnceValues keeps an error, too, and knows no ctx.
func TestOnceValuesKeepsTheFirstError(t *testing.T) {
	runs := 0
	rate := sync.OnceValues(func() (string, error) {
		runs++
		return "", errors.New("no line")
	})
	for range 2 {
		_, err := rate()
		require.EqualError(t, err, "no line")
	}
	assert.Equal(t, 1, runs)
}

func TestATaskHasNoSet(t *testing.T) {
	type settable interface{ Set(string) error }
	type failable interface{ Fail(error) error }
	var future any = new(tasks.Future[string])
	var task any = tasks.Go(t.Context(), func(context.Context) (string, error) { return "", nil })
	assert.Implements(t, (*settable)(nil), future)
	assert.NotImplements(t, (*settable)(nil), task)
	assert.NotImplements(t, (*failable)(nil), task)
}

// asyncio runs a callback only when the loop is free, and a callback that blocks blocks the loop.
func TestACallbackThatBlocksHoldsUpNeitherSetNorWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rate tasks.Future[string]
		start := time.Now()
		called := make(chan time.Duration, 2)
		for range 2 {
			rate.OnDone(func(string, error) {
				time.Sleep(time.Second)
				called <- time.Since(start)
			})
		}
		require.NoError(t, rate.Set("1.08"))
		_, err := rate.Wait(t.Context())
		require.NoError(t, err)
		assert.Zero(t, time.Since(start))
		assert.Equal(t, time.Second, <-called)
		assert.Equal(t, 2*time.Second, <-called, "one after the other")
	})
}

func TestAWaitThatEndsCancelsNothing(t *testing.T) {
	var rate tasks.Future[string]
	gone, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("gone"))
	_, err := rate.Wait(gone)
	require.EqualError(t, err, "gone")
	require.NoError(t, rate.Set("1.08"))
	got, err := rate.Wait(gone)
	require.NoError(t, err, "an outcome that is there wins over an ended ctx")
	assert.Equal(t, "1.08", got)
}
