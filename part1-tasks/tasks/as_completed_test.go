package tasks_test

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// CPython: test_as_completed.
func TestAsCompletedYieldsInTheOrderOfFinishing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var got []tasks.Outcome[string]
		var when []time.Duration
		for o := range tasks.AsCompleted(t.Context(),
			after(3*time.Second, "a", nil), after(time.Second, "b", errBoom), after(2*time.Second, "c", nil)) {
			got = append(got, o)
			when = append(when, time.Since(start))
		}
		require.Equal(t, []tasks.Outcome[string]{
			{Index: 1, Value: "b", Err: errBoom}, {Index: 2, Value: "c"}, {Index: 0, Value: "a"},
		}, got, "an error must cancel nothing")
		require.Equal(t, []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}, when)
	})
}

func TestAsCompletedOfNothingEndsAtOnce(t *testing.T) {
	for range tasks.AsCompleted[int](t.Context()) {
		require.Fail(t, "there is nothing to yield")
	}
}

func TestSlowLoopHoldsUpNoFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Int32
		fn := func(context.Context) (int, error) {
			ended.Add(1)
			return 0, nil
		}
		yielded := 0
		for range tasks.AsCompleted(t.Context(), fn, fn, fn) {
			yielded++
			synctest.Wait()
			require.EqualValues(t, 3, ended.Load(), "all functions must end while the body is busy")
		}
		require.Equal(t, 3, yielded)
	})
}

func TestNothingRunsBeforeTheLoopBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := false
		seq := tasks.AsCompleted(t.Context(), func(context.Context) (int, error) {
			started = true
			return 42, nil
		})
		synctest.Wait()
		require.False(t, started)
		require.Len(t, slices.Collect(seq), 1)
		require.True(t, started)
	})
}

func TestEachLoopRunsTheFunctionsAnew(t *testing.T) {
	var calls atomic.Int32
	fns := []func(context.Context) (int32, error){func(context.Context) (int32, error) { return calls.Add(1), nil }}
	seq := tasks.AsCompleted(t.Context(), fns...)
	fns[0] = nil // the loop has a copy
	for want := range int32(3) {
		for o := range seq {
			require.Equal(t, want+1, o.Value)
		}
	}
	require.EqualValues(t, 3, calls.Load())
}

func TestLeavingTheLoopCancelsTheRestAndWaits(t *testing.T) {
	leave := map[string]func(loop func(body func())){
		"break": func(loop func(body func())) { loop(func() {}) },
		"panic": func(loop func(body func())) {
			defer func() { _ = recover() }()
			loop(func() { panic(errBoom) })
		},
		"Goexit": func(loop func(body func())) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				loop(runtime.Goexit)
			}()
			<-done
		},
	}
	for name, leave := range leave {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				cleaned := false
				leave(func(body func()) {
					for o := range tasks.AsCompleted(t.Context(), after(time.Second, 1, nil), func(ctx context.Context) (int, error) {
						<-ctx.Done()
						time.Sleep(time.Second)
						cleaned = true
						return 0, ctx.Err()
					}) {
						assert.Equal(t, 0, o.Index)
						body()
						break
					}
				})
				require.True(t, cleaned, "the loop must have waited for what it cancelled")
				require.Equal(t, 2*time.Second, time.Since(start))
			})
		})
	}
}

// CPython: test_as_completed_with_timeout. There the rest is left running; here each function still has one outcome.
func TestEachFunctionHasOneOutcomeAlsoAfterTheContextEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errStop)
		defer cancel()
		var got []tasks.Outcome[int]
		for o := range tasks.AsCompleted(ctx,
			after(time.Hour, 1, nil), after(time.Second, 2, nil), stubborn(3*time.Second, 3, nil),
			func(ctx context.Context) (int, error) {
				<-ctx.Done()
				time.Sleep(2 * time.Second)
				return 0, context.Cause(ctx)
			}) {
			got = append(got, o)
		}
		require.Equal(t, []tasks.Outcome[int]{
			{Index: 1, Value: 2}, {Index: 0, Err: context.DeadlineExceeded}, {Index: 2, Value: 3}, {Index: 3, Err: errStop},
		}, got)
	})
}

func TestLoopOnAnEndedContextYieldsTheCauseForEach(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	fn := func(context.Context) (int, error) { panic("started") }
	seq := tasks.AsCompleted(ctx, fn, fn)
	cancel(errStop)
	var got []tasks.Outcome[int]
	for o := range seq {
		got = append(got, o)
	}
	require.Equal(t, []tasks.Outcome[int]{{Index: 0, Err: errStop}, {Index: 1, Err: errStop}}, got)
	for range seq {
		break // and it may be left early
	}
}

func TestGoexitIsAnOutcomeOfTheLoop(t *testing.T) {
	for o := range tasks.AsCompleted(t.Context(), func(context.Context) (int, error) {
		runtime.Goexit()
		return 0, nil
	}) {
		require.EqualError(t, o.Err, "tasks: function ended by runtime.Goexit")
	}
}

func TestMisuseOfAsCompletedPanicsAtTheCaller(t *testing.T) {
	require.PanicsWithValue(t, "tasks: AsCompleted of a nil function", func() { tasks.AsCompleted[int](t.Context(), nil) })
}
