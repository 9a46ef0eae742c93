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

// ticksUntil counts the ticks of a task that ticks each second and is cancelled
// after d.
func ticksUntil(t *testing.T, d time.Duration) (ticks int) {
	t.Helper()
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var task sync.WaitGroup
		task.Go(func() {
			for lesson.Pause(ctx, time.Second) == nil {
				ticks++
			}
		})
		time.Sleep(d)
		cancel()
		task.Wait()
	})
	return ticks
}

// The article says five, asyncio four. Go promises neither.
func TestACancellationAtTheInstantOfATickComesBeforeOrAfterIt(t *testing.T) {
	seen := make(map[int]int)
	for range 50 {
		seen[ticksUntil(t, 5*time.Second)]++
	}
	assert.Equal(t, 50, seen[4]+seen[5])
	assert.NotZero(t, seen[5], "in virtual time it is nearly always five")
}

func TestACancellationBetweenTwoTicksHasAnOrder(t *testing.T) {
	for range 50 {
		require.Equal(t, 4, ticksUntil(t, 4500*time.Millisecond))
	}
}

func TestTwoTimersOfOneInstantHaveNoOrder(t *testing.T) {
	firstSetIsFirst := make(map[bool]bool)
	for n := 0; n < 1000 && len(firstSetIsFirst) < 2; n++ {
		lesson.Bubble(t, func(*testing.T) {
			var sleepers sync.WaitGroup
			awake := make(chan string, 2)
			sleepers.Go(func() { time.Sleep(time.Second); awake <- "first" })
			synctest.Wait() // its timer is set
			sleepers.Go(func() { time.Sleep(time.Second); awake <- "second" })
			sleepers.Wait()
			firstSetIsFirst[<-awake == "first"] = true
		})
	}
	assert.Len(t, firstSetIsFirst, 2, "one of them is always first")
}

func TestATaskThatSwallowsItsCancellationCountsAsFinished(t *testing.T) {
	began := make(chan struct{})
	task := tasks.Go(t.Context(), func(ctx context.Context) (string, error) {
		close(began)
		<-ctx.Done()
		return "as if nothing had happened", nil
	})
	<-began
	task.Cancel(errFireDrill)
	_, err := task.Wait(t.Context())
	require.NoError(t, err)
	assert.False(t, task.Cancelled())
}

func TestTheFirstCauseStays(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	child, cancelChild := context.WithTimeout(ctx, time.Hour)
	defer cancelChild()
	cancel(errFireDrill)
	cancel(errors.New("lunch"))
	assert.Equal(t, context.Canceled, ctx.Err())
	assert.Same(t, errFireDrill, context.Cause(ctx))
	assert.Same(t, errFireDrill, context.Cause(child))
}

// errors.Is finds the reason, and what a caller asks for that does not know it.
func TestAReasonIsStillTheEndOfAContext(t *testing.T) {
	require.ErrorIs(t, errFireDrill, context.Canceled)
	require.NotErrorIs(t, errFireDrill, context.DeadlineExceeded)
	require.ErrorIs(t, errNoAnswer, context.DeadlineExceeded)
}

func TestAGoroutineBeginsOnAContextThatHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := make(chan error)
	go func() { began <- ctx.Err() }()
	require.ErrorIs(t, <-began, context.Canceled)

	task := tasks.Go(ctx, func(context.Context) (int, error) {
		t.Error("tasks.Go began a task on a context that had ended")
		return 0, nil
	})
	_, err := task.Wait(t.Context())
	require.ErrorIs(t, err, context.Canceled)
	assert.True(t, task.Cancelled())
}

func TestWithoutCancelKeepsTheValuesOnly(t *testing.T) {
	type key struct{}
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "request 7"), time.Hour)
	cancel()
	cleanup := context.WithoutCancel(ctx)
	require.NoError(t, cleanup.Err())
	require.NoError(t, context.Cause(cleanup))
	assert.Equal(t, "request 7", cleanup.Value(key{}))
	_, limited := cleanup.Deadline()
	assert.False(t, limited)
}
