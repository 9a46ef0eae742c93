package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// The page says that since Python 3.12 the inner limit interrupts the clean-up
// that the outer one has started, and that it did not before.
func TestSincePython312TheInnerLimitInterruptsTheCleanUp(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, python := range course.Pythons(t) {
		differ := course.Differences(string(page), "late", python.Version)
		require.NoError(t, course.SameStory(python.Tell(t, "--late"), "", differ), "Python %s", python.Version)
	}
}

// until waits until its context has ended, and then for as long as it cleans up.
func until(cleanUp time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		<-ctx.Done()
		time.Sleep(cleanUp)
		return ctx.Err()
	}
}

func TestOnlyTheCauseTellsTwoLimitsApart(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		outer, cancelOuter := context.WithTimeoutCause(t.Context(), 2*time.Second, errMessage)
		defer cancelOuter()
		inner, cancelInner := context.WithTimeoutCause(outer, time.Second, errStep)
		defer cancelInner()
		<-inner.Done()
		require.ErrorIs(t, context.Cause(inner), errStep)
		require.NoError(t, outer.Err(), "an inner limit does not end the outer context")
		<-outer.Done()
		require.ErrorIs(t, context.Cause(outer), errMessage)
		require.ErrorIs(t, context.Cause(inner), errStep, "the first cause stays")
		require.Equal(t, inner.Err(), outer.Err(), "Err is context.DeadlineExceeded for both")
	})
}

// A caller that does not know errStep still sees that it was a deadline.
func TestEachCauseIsADeadlineOrACancellation(t *testing.T) {
	for _, limit := range []error{errMessage, errStep, errCall} {
		require.ErrorIs(t, limit, context.DeadlineExceeded)
	}
	require.NotErrorIs(t, errStep, errMessage, "and they can still be told apart")
	require.ErrorIs(t, errStops, context.Canceled)
}

func TestAnInnerDeadlineLaterThanTheOuterOneNeverCounts(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		outer, cancelOuter := context.WithTimeoutCause(t.Context(), time.Second, errMessage)
		defer cancelOuter()
		inner, cancelInner := context.WithTimeoutCause(outer, time.Hour, errStep)
		defer cancelInner()
		deadline, _ := inner.Deadline()
		require.Equal(t, time.Second, deadline.Sub(start), "what is left can be seen from inside")
		<-inner.Done()
		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, context.Cause(inner), errMessage)
	})
}

func TestACallLastsAsLongAsItsCleanUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		err := within(t.Context(), time.Second, errCall, until(700*time.Millisecond))
		require.ErrorIs(t, err, errCall)
		require.Equal(t, 1700*time.Millisecond, time.Since(start))
	})
}

// The step's limit ends the step; by the time it has cleaned up, the message's
// limit is over, too, and the next step must not begin.
func TestTheOuterLimitPassesDuringTheCleanUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errMessage)
		defer cancel()
		err := within(ctx, time.Second, errStep, until(1500*time.Millisecond))
		require.ErrorIs(t, err, errStep)
		require.NotErrorIs(t, err, errMessage)
		require.Equal(t, 2500*time.Millisecond, time.Since(start), "the outer limit does not interrupt the clean-up")

		err = within(ctx, time.Second, errStep, func(context.Context) error {
			t.Error("began although the message's time was up")
			return nil
		})
		require.ErrorIs(t, err, errMessage)
	})
}

func TestAFunctionBeginsOnAnEndedContextUnlessItsCallerLooks(t *testing.T) {
	ctx, cancel := context.WithTimeoutCause(t.Context(), -time.Second, errCall)
	defer cancel()
	require.ErrorIs(t, context.Cause(ctx), errCall, "a limit in the past has ended at once")
	began := func(context.Context) error { return errors.New("it began") }
	require.EqualError(t, began(ctx), "it began")
	require.NotContains(t, within(t.Context(), -time.Second, errCall, began).Error(), "it began")
}

func TestAnInnerTimeoutIsNotOurs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		err := within(t.Context(), time.Second, errCall, func(ctx context.Context) error {
			return within(ctx, time.Millisecond, errStep, until(0))
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, errStep)
		require.NotErrorIs(t, err, errCall)
	})
}

func TestAnErrorOfTheCleanUpIsNotLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errRollback := errors.New("cannot roll back")
		err := within(t.Context(), time.Second, errCall, func(ctx context.Context) error {
			<-ctx.Done()
			return errRollback
		})
		require.ErrorIs(t, err, errCall)
		require.ErrorIs(t, err, errRollback)
	})
}

// cancel ends the context but is no timeout: the cause that was meant for the
// limit is not set.
func TestCancelDoesNotSetTheCauseOfTheLimit(t *testing.T) {
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Hour, errCall)
	cancel()
	require.ErrorIs(t, context.Cause(ctx), context.Canceled)
	require.NotErrorIs(t, context.Cause(ctx), errCall)
}

// When a result and the limit come at the same instant, select takes either.
func TestAResultAtTheLastMomentNeedsASecondLook(t *testing.T) {
	ended, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	results := make(chan string, 1)
	lost := 0
	for range 1000 {
		results <- "the price"
		select {
		case <-results:
		case <-ended.Done():
			lost++
			select { // the second look
			case <-results:
			default:
				t.Fatal("nor does the second look find the result")
			}
		}
	}
	require.Positive(t, lost)
	require.Less(t, lost, 1000)
}

func TestSelectWithTimeAfterOnlyStopsWaiting(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		worked := make(chan struct{})
		go func() {
			defer close(worked)
			time.Sleep(3 * time.Second)
		}()
		start := time.Now()
		select {
		case <-worked:
		case <-time.After(time.Second): // gives up
		}
		require.Equal(t, time.Second, time.Since(start))
		<-worked
		require.Equal(t, 3*time.Second, time.Since(start), "the work went on")
	})
}

func TestTaskWaitGivesUpTheWaitAndNotTheWork(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (string, error) {
			time.Sleep(3 * time.Second)
			return "the price", ctx.Err()
		})
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errCall)
		defer cancel()
		_, err := task.Wait(ctx)
		require.ErrorIs(t, err, errCall)
		price, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, "the price", price)
	})
}

// Ctrl-C ends the story wherever it is, after the clean-up of what runs.
func TestTheStoryEndsWithItsContext(t *testing.T) {
	for after := 450 * time.Millisecond; after < 4500*time.Millisecond; after += 300 * time.Millisecond {
		lesson.Bubble(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var ctrlC sync.WaitGroup
			ctrlC.Go(func() {
				time.Sleep(after)
				cancel()
			})
			start := time.Now()
			err := story(ctx, slog.New(slog.DiscardHandler))
			ctrlC.Wait()
			require.ErrorIs(t, err, context.Canceled, "after %v", after)
			require.LessOrEqual(t, time.Since(start), after+800*time.Millisecond)
		})
	}
}
