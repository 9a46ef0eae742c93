package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

var (
	errDown  = errors.New("database down")
	errDraft = errors.New("a draft is left")
	errLeft  = errors.New("the user has left")
)

func failsAfter(d time.Duration, err error) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return err
	}
}

// lastsUntilCancelled returns what cleanUp makes of the group's context.
func lastsUntilCancelled(cleanUp func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		<-ctx.Done()
		return cleanUp(ctx)
	}
}

// The page says that Wait has every failure, and errors.Is finds each.
func TestAGroupKeepsEveryFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		group, _ := tasks.NewGroup(t.Context())
		_ = group.Go(failsAfter(time.Second, errDown))
		_ = group.Go(lastsUntilCancelled(func(context.Context) error { return errDraft }))
		err := group.Wait()
		require.ErrorIs(t, err, errDown)
		require.ErrorIs(t, err, errDraft)
		assert.Equal(t, "database down\na draft is left", err.Error(), "in the order in which they came")
	})
}

func TestAnErrgroupKeepsTheFirstFailureOnly(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		group, ctx := errgroup.WithContext(t.Context())
		group.Go(func() error { return failsAfter(time.Second, errDown)(ctx) })
		group.Go(func() error { return lastsUntilCancelled(func(context.Context) error { return errDraft })(ctx) })
		assert.Equal(t, errDown, group.Wait())
	})
}

// The page says that a child which only reports the group's cancellation adds nothing, be it as ctx.Err or as its cause.
func TestReportingTheCancellationIsNoFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		group, _ := tasks.NewGroup(t.Context())
		_ = group.Go(failsAfter(time.Second, errDown))
		_ = group.Go(lastsUntilCancelled(func(ctx context.Context) error { return ctx.Err() }))
		_ = group.Go(lastsUntilCancelled(context.Cause))
		assert.Equal(t, "database down", group.Wait().Error())
	})
}

// The page says that a group which stops or has finished takes nothing more, and that an errgroup always does.
func TestAGroupThatStopsTakesNoMore(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		group, ctx := tasks.NewGroup(t.Context())
		_ = group.Go(failsAfter(time.Second, errDown))
		<-ctx.Done()
		require.ErrorIs(t, group.Go(func(context.Context) error { panic("never runs") }), tasks.ErrClosed)
		require.ErrorIs(t, group.Wait(), errDown)
		assert.ErrorIs(t, group.Go(func(context.Context) error { panic("never runs") }), tasks.ErrClosed)
	})
}

func TestAnErrgroupTakesAFunctionAtAnyTime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		group, ctx := errgroup.WithContext(t.Context())
		group.Go(func() error { return errDown })
		<-ctx.Done()
		ran := 0
		group.Go(func() error { ran++; return nil })
		assert.Equal(t, errDown, group.Wait())
		group.Go(func() error { ran++; return nil })
		_ = group.Wait()
		assert.Equal(t, 2, ran, "one after the failure, one after Wait")
	})
}

// The page says that a cancelled parent comes out as its cause, whatever the functions return; an errgroup knows only what they return.
func TestACancelledParentComesOutAsItsCause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLeft)
		defer cancel()
		start := time.Now()
		group, _ := tasks.NewGroup(parent)
		_ = group.Go(lastsUntilCancelled(func(context.Context) error { return nil }))
		_ = group.Go(lastsUntilCancelled(failsAfter(500*time.Millisecond, nil)))
		assert.Equal(t, errLeft, group.Wait())
		assert.Equal(t, 1500*time.Millisecond, time.Since(start), "and all are waited for")
	})
	lesson.Bubble(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLeft)
		defer cancel()
		group, ctx := errgroup.WithContext(parent)
		group.Go(func() error { return lastsUntilCancelled(func(context.Context) error { return nil })(ctx) })
		assert.NoError(t, group.Wait())
	})
}

func TestAFailedCleanUpComesOutBeforeTheParentsCause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLeft)
		defer cancel()
		group, _ := tasks.NewGroup(parent)
		_ = group.Go(lastsUntilCancelled(func(context.Context) error { return errDraft }))
		assert.Equal(t, "a draft is left\nthe user has left", group.Wait().Error())
	})
}

// The page says that the body is cancelled only if it listens to the group's context.
func TestABodyThatDoesNotListenGoesOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		group, _ := tasks.NewGroup(t.Context())
		_ = group.Go(failsAfter(time.Second, errDown))
		_ = lesson.Pause(t.Context(), 3*time.Second) // the body, with the wrong context
		require.ErrorIs(t, group.Wait(), errDown)
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}

// The page says how siblings go on: the function handles its own error and returns nil.
func TestAFailureHandledInTheFunctionStopsNoOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		group, ctx := tasks.NewGroup(t.Context())
		_ = group.Go(func(ctx context.Context) error {
			_ = failsAfter(time.Second, errDown)(ctx) // logged, say
			return nil
		})
		_ = group.Go(func(ctx context.Context) error { return lesson.Pause(ctx, 3*time.Second) })
		_ = lesson.Pause(ctx, 2*time.Second)
		assert.NoError(t, ctx.Err())
		assert.NoError(t, group.Wait())
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}
