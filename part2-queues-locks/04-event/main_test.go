package main

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

func TestAChannelIsClosedOnce(t *testing.T) {
	green := make(chan struct{})
	close(green)
	<-green
	<-green // and for all who come later
	require.PanicsWithError(t, "close of closed channel", func() { close(green) })
}

func TestOnceFuncMayBeCalledAgain(t *testing.T) {
	green := make(chan struct{})
	turnGreen := sync.OnceFunc(func() { close(green) })
	turnGreen()
	require.NotPanics(t, turnGreen)
	<-green
}

// Without a lock; the race detector watches.
func TestWhatWasWrittenBeforeCloseIsSeenByThoseReleased(t *testing.T) {
	green := make(chan struct{})
	cars := 0
	go func() {
		cars++
		close(green)
	}()
	<-green
	assert.Equal(t, 1, cars)
}

func TestTheChannelOfDoneBelongsToItsRound(t *testing.T) {
	var light locks.Event
	first := light.Done()
	light.Set()
	light.Clear()
	second := light.Done()
	<-first
	select {
	case <-second:
		t.Error("the second round is over before it was set")
	default:
	}
}

func TestAnEventThatIsSetPassesAlsoThoseWhoseContextHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var light locks.Event
	require.ErrorIs(t, light.Wait(ctx), context.Canceled)
	light.Set()
	require.NoError(t, light.Wait(ctx))
}
