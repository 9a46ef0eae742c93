package tasks_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// CPython: test_wait_first_completed; aiotools: race.
func TestFirstSuccessWinsTheRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		winner, err := tasks.Race(t.Context(), after(3*time.Second, "a", nil), after(2*time.Second, "b", nil))
		require.NoError(t, err)
		require.Equal(t, tasks.Outcome[string]{Index: 1, Value: "b"}, winner)
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestFailureDoesNotWinTheRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		winner, err := tasks.Race(t.Context(), after(time.Second, "a", errBoom), after(2*time.Second, "b", nil))
		require.NoError(t, err)
		require.Equal(t, tasks.Outcome[string]{Index: 1, Value: "b"}, winner)
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestLosersAreCancelledAndWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		cleaned := false
		winner, err := tasks.Race(t.Context(), after(time.Second, 1, nil), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			cleaned = true
			return 2, nil // too late
		})
		require.NoError(t, err)
		require.Equal(t, tasks.Outcome[int]{Index: 0, Value: 1}, winner)
		require.True(t, cleaned)
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestRaceThatAllLoseReturnsEveryError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		winner, err := tasks.Race(t.Context(), after(2*time.Second, 1, errBoom), after(time.Second, 2, errCleanUp))
		require.Zero(t, winner)
		require.Equal(t, []error{errBoom, errCleanUp}, failures(t, err), "in the order of the arguments")
	})
}

func TestRaceReturnsTheCauseWhenItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		_, err := tasks.Race(ctx, after(time.Hour, 1, nil), after(time.Hour, 2, nil))
		require.Equal(t, errStop, err)
		require.Equal(t, time.Second, time.Since(start))
	})
}

func TestRaceKeepsTheFailuresBesideTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errStop)
		defer cancel()
		_, err := tasks.Race(ctx, after(time.Hour, 1, nil), after(time.Second, 2, errBoom), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, errors.Join(ctx.Err(), errCleanUp)
		})
		require.EqualError(t, err, "boom\ncontext deadline exceeded\nclean-up failed\nthe user went away")
		require.Len(t, failures(t, err), 3)
	})
}

func TestSuccessAfterTheContextEndedStillWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		winner, err := tasks.Race(ctx, after(time.Hour, 1, nil), stubborn(2*time.Second, 2, nil))
		require.NoError(t, err)
		require.Equal(t, tasks.Outcome[int]{Index: 1, Value: 2}, winner)
	})
}

func TestRaceOnAnEndedContextStartsNothing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	_, err := tasks.Race(ctx, func(context.Context) (int, error) { panic("started") })
	require.Equal(t, errStop, err)
}

func TestGoexitDoesNotWinTheRace(t *testing.T) {
	exits := func(context.Context) (int, error) {
		runtime.Goexit()
		return 0, nil
	}
	winner, err := tasks.Race(t.Context(), exits, after(0, 42, nil))
	require.NoError(t, err)
	require.Equal(t, tasks.Outcome[int]{Index: 1, Value: 42}, winner)
	_, err = tasks.Race(t.Context(), exits)
	require.EqualError(t, err, "tasks: function ended by runtime.Goexit")
}

// CPython: test_wait_errors: an empty set is a ValueError.
func TestMisuseOfRacePanicsAtTheCaller(t *testing.T) {
	require.PanicsWithValue(t, "tasks: Race of no functions", func() { _, _ = tasks.Race[int](t.Context()) })
	require.PanicsWithValue(t, "tasks: Race of a nil function", func() { _, _ = tasks.Race[int](t.Context(), nil) })
}

func TestRaceWhoseFunctionsHaveAllFailedAddsNoCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		_, err := tasks.Race(ctx, stubborn(2*time.Second, 0, errBoom), stubborn(3*time.Second, 0, errCleanUp))
		require.Equal(t, []error{errBoom, errCleanUp}, failures(t, err), "no function reported the end of ctx")
	})
}
