package supervisor_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

func TestGoDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, c := collecting(t.Context())
		for _, name := range []string{"mail", "disk"} {
			require.NoError(t, s.Go(name, after(time.Second, nil)))
		}
		require.Zero(t, time.Since(start), "Go must not wait for the task")
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, time.Second, time.Since(start), "both tasks run at once, and Wait waits for both")
		require.Empty(t, c.failures())
	})
}

// Thread: "keep the user-triggered tasks running when one of them raises", which TaskGroup does not.
func TestFailureTouchesNoOtherTask(t *testing.T) {
	ways := map[string]func(context.Context) error{
		"error":  func(context.Context) error { return errBoom },
		"panic":  func(context.Context) error { panic("boom") },
		"Goexit": func(context.Context) error { runtime.Goexit(); return nil },
	}
	for name, fn := range ways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s, c := collecting(t.Context())
				require.NoError(t, s.Go("sibling", func(ctx context.Context) error {
					assert.NoError(t, after(2*time.Second, nil)(ctx), "the sibling must run to its own end")
					return ctx.Err()
				}))
				time.Sleep(time.Second)
				require.NoError(t, s.Go("fails", fn))
				synctest.Wait()
				require.Equal(t, []string{"sibling"}, s.Running())
				require.NoError(t, s.Go("later", after(2*time.Second, nil)), "a supervisor takes tasks after a failure too")
				require.NoError(t, s.Wait(t.Context()))
				require.Equal(t, 3*time.Second, time.Since(start))
				for _, f := range c.failures() {
					require.Equal(t, "fails", f.Task)
				}
			})
		})
	}
}

func TestTasksMayAddTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, _ := collecting(t.Context())
		var add func(n int) func(context.Context) error
		add = func(n int) func(context.Context) error {
			return func(context.Context) error {
				time.Sleep(time.Second)
				if n == 1 {
					return nil
				}
				return s.Go(fmt.Sprint(n-1), add(n-1))
			}
		}
		require.NoError(t, s.Go("5", add(5)))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 5*time.Second, time.Since(start), "Wait must wait for tasks that were added meanwhile")
	})
}

// Thread: "Unfinished tasks:".
func TestRunningNamesTheOldestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := collecting(t.Context())
		require.Empty(t, s.Running())
		seconds := []time.Duration{2 * time.Second, time.Second, 4 * time.Second, 3 * time.Second}
		for i, name := range []string{"c", "a", "d", "b"} {
			require.NoError(t, s.Go(name, after(seconds[i], nil)))
		}
		require.Equal(t, []string{"c", "a", "d", "b"}, s.Running())
		for _, want := range [][]string{{"c", "d", "b"}, {"d", "b"}, {"d"}, {}} {
			time.Sleep(time.Second)
			synctest.Wait()
			require.Equal(t, want, s.Running(), "the first, the last and those between leave the list as they end")
		}
		require.NoError(t, s.Go("e", after(time.Second, nil)))
		require.Equal(t, []string{"e"}, s.Running(), "and it fills again")
		require.NoError(t, s.Wait(t.Context()))
	})
}

func TestTwoOfOneNameAreTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("mail", after(time.Second, errBoom)))
		require.NoError(t, s.Go("mail", after(2*time.Second, errBoom)))
		require.Equal(t, []string{"mail", "mail"}, s.Running())
		time.Sleep(1500 * time.Millisecond)
		require.Equal(t, []string{"mail"}, s.Running())
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, []supervisor.Failure{{Task: "mail", Err: errBoom}, {Task: "mail", Err: errBoom}}, c.failures())
	})
}

func TestEndOfTheContextGivenToNewCancelsWithItsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errUpdate)
		defer cancel()
		start := time.Now()
		s, c := collecting(ctx)
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			assert.Equal(t, errUpdate, context.Cause(ctx))
			assert.ErrorIs(t, s.Go("late", nothing), supervisor.ErrStopped)
			return ctx.Err()
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, time.Second, time.Since(start))
		require.Equal(t, supervisor.ErrStopped, s.Go("late", func(context.Context) error { panic("started") }))
		require.Empty(t, c.failures(), "a task that reports its cancellation has not failed")
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

func TestSupervisorOfAnEndedContextTakesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, _ := collecting(ctx)
	require.Equal(t, supervisor.ErrStopped, s.Go("late", func(context.Context) error { panic("started") }))
	require.NoError(t, s.Wait(t.Context()))
}

// An ahead has ended, and the contexts made from it have not yet: a context ends before its children do.
type ahead struct {
	context.Context //nolint:containedctx // it is one
}

func (ahead) Err() error { return context.Canceled }

func TestSupervisorTakesNothingOnceTheContextGivenToNewHasEnded(t *testing.T) {
	s, _ := collecting(ahead{t.Context()})
	require.Equal(t, supervisor.ErrStopped, s.Go("late", func(context.Context) error { panic("started") }))
}

// The bubble reports a goroutine that stays behind as a deadlock: Stop is not called, and the context never ends.
func TestSupervisorOnWhichNothingRunsHoldsNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := supervisor.New(context.Background(), supervisor.OnFailure(func(context.Context, supervisor.Failure) {}))
		for range 10 {
			require.NoError(t, s.Go("mail", after(time.Second, errBoom)))
		}
		require.NoError(t, s.Wait(t.Context()))
	})
}

type key struct{}

func TestContextOfATaskIsThatOfTheSupervisor(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
	defer cancel()
	want, _ := ctx.Deadline()
	s, c := collecting(ctx)
	require.NoError(t, s.Go("mail", func(ctx context.Context) error {
		deadline, ok := ctx.Deadline()
		assert.True(t, ok)
		assert.Equal(t, want, deadline)
		assert.Equal(t, "value", ctx.Value(key{}))
		assert.Nil(t, ctx.Value("another key"))
		return nil
	}))
	require.NoError(t, s.Wait(t.Context()))
	require.Empty(t, c.failures())
	require.NoError(t, s.Stop(t.Context(), nil))
}

// What is derived from a task's context must not cost a goroutine each, as it does for kinds that the context package does not know.
func TestContextDerivedFromATasksCostsNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			stacks := make([]byte, 1<<20)
			assert.NotContains(t, string(stacks[:runtime.Stack(stacks, true)]), "propagateCancel", "the context package waits in a goroutine")
			<-derived.Done()
			assert.Equal(t, errUpdate, context.Cause(derived))
			return derived.Err()
		}))
		synctest.Wait()
		require.NoError(t, s.Stop(t.Context(), errUpdate))
	})
}

func TestTasksOfManyCallersAllRun(t *testing.T) {
	s, _ := collecting(t.Context())
	const callers, each = 8, 200
	ran := make(chan struct{}, callers*each)
	for range callers {
		require.NoError(t, s.Go("caller", func(context.Context) error {
			for range each {
				assert.NoError(t, s.Go("task", func(context.Context) error {
					ran <- struct{}{}
					return nil
				}))
			}
			return nil
		}))
	}
	require.NoError(t, s.Wait(t.Context()))
	require.Len(t, ran, callers*each)
	require.Empty(t, s.Running())
	require.NoError(t, s.Stop(t.Context(), nil))
}

//nolint:staticcheck // nil contexts are what this is about
func TestMisusePanics(t *testing.T) {
	s, _ := collecting(t.Context())
	var zero supervisor.Supervisor
	for _, misuse := range []struct {
		want string
		call func()
	}{
		{"supervisor: New with a nil context", func() { supervisor.New(nil) }},
		{"supervisor: New with a nil option", func() { supervisor.New(t.Context(), nil) }},
		{"supervisor: OnFailure of a nil function", func() { supervisor.OnFailure(nil) }},
		{"supervisor: Go of a nil function", func() { _ = s.Go("mail", nil) }},
		{"supervisor: Stop with a nil context", func() { _ = s.Stop(nil, errUpdate) }},
		{"supervisor: Wait with a nil context", func() { _ = s.Wait(nil) }},
		{"supervisor: Supervisor not made by New", func() { _ = zero.Go("mail", nothing) }},
		{"supervisor: Supervisor not made by New", func() { zero.Running() }},
		{"supervisor: Supervisor not made by New", func() { _ = zero.Stop(t.Context(), nil) }},
		{"supervisor: Supervisor not made by New", func() { _ = zero.Wait(t.Context()) }},
	} {
		require.PanicsWithValue(t, misuse.want, misuse.call)
	}
	require.NoError(t, s.Go("mail", nothing), "misuse must leave no lock behind")
	require.NoError(t, s.Stop(t.Context(), nil))
}
