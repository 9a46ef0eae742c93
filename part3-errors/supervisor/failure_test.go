package supervisor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

// asyncio reports a failure when the failed task is garbage collected, if ever (CPython: test_tb_logger).
func TestFailureIsHandedOnWhenItHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("sibling", after(time.Hour, nil)))
		require.NoError(t, s.Go("mail", after(time.Second, errBoom)))
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, []supervisor.Failure{{Task: "mail", Err: errBoom}}, c.failures(), "no caller has to wait or stop for it")
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

func TestFailuresAreHandedOnInTheOrderInWhichTheyHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var got []string
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
			time.Sleep(time.Minute) // meanwhile the others fail
			got = append(got, fmt.Sprintf("%s at %v", f.Task, time.Since(start)))
		}))
		for i, name := range []string{"e", "b", "d", "a", "c"} {
			require.NoError(t, s.Go(name, after(time.Duration(i+1)*time.Second, errBoom)))
		}
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, []string{"e at 1m1s", "b at 2m1s", "d at 3m1s", "a at 4m1s", "c at 5m1s"}, got, "one call at a time")
	})
}

func TestSlowHandlerHoldsUpNoTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) { time.Sleep(time.Hour) }))
		for range 3 {
			require.NoError(t, s.Go("mail", after(time.Second, errBoom)))
		}
		ended := make(chan time.Duration, 1)
		require.NoError(t, s.Go("disk", func(context.Context) error {
			time.Sleep(2 * time.Second)
			ended <- time.Since(start)
			return nil
		}))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, 2*time.Second, <-ended)
		require.Empty(t, s.Running(), "a task whose failure waits for the handler has ended")
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 3*time.Hour+time.Second, time.Since(start))
	})
}

func TestErrorIsHandedOnUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		want := fieldsError{"name", "age"} // not comparable
		require.NoError(t, s.Go("mail", func(context.Context) error { return want }))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, []supervisor.Failure{{Task: "mail", Err: want}}, c.failures())
	})
}

type fieldsError []string

func (e fieldsError) Error() string { return fmt.Sprint([]string(e)) }

//go:noinline
func explode(value any) { panic(value) }

// panicOf returns the failure of a task that does nothing but panic with value.
func panicOf(t *testing.T, value any) *supervisor.PanicError {
	t.Helper()
	s, c := collecting(t.Context())
	require.NoError(t, s.Go("mail", func(context.Context) error {
		explode(value)
		return nil
	}))
	require.NoError(t, s.Wait(t.Context()))
	require.NoError(t, s.Stop(t.Context(), nil))
	return onlyPanic(t, c)
}

// onlyPanic returns the one failure in c, which must be a panic.
func onlyPanic(t *testing.T, c *collector) *supervisor.PanicError {
	t.Helper()
	got := c.failures()
	require.Len(t, got, 1, "a panic is handed on once")
	p, ok := got[0].Err.(*supervisor.PanicError) //nolint:errorlint // nothing may stand around it
	require.True(t, ok, "a panic must be a *PanicError, not %T", got[0].Err)
	return p
}

func TestNilPointerInAnErrorIsHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		var none *fs.PathError
		require.NoError(t, s.Go("mail", func(ctx context.Context) error { <-ctx.Done(); return none }))
		require.NoError(t, s.Stop(t.Context(), nil))
		require.Equal(t, []supervisor.Failure{{Task: "mail", Err: none}}, c.failures())
	})
}

func TestPanicKeepsItsValueAndItsStack(t *testing.T) {
	p := panicOf(t, "kaboom")
	require.Equal(t, "kaboom", p.Value)
	require.EqualError(t, p, "panic: kaboom")
	require.Contains(t, string(p.Stack), "supervisor_test.explode", "the stack must be that of the panic")
	require.NoError(t, errors.Unwrap(p), "a value that is no error wraps none")
}

func TestPanicWithAnErrorWrapsIt(t *testing.T) {
	p := panicOf(t, fmt.Errorf("disk: %w", errBoom))
	require.ErrorIs(t, p, errBoom)
	require.EqualError(t, p, "panic: disk: boom")

	var none map[string]int
	s, c := collecting(t.Context())
	require.NoError(t, s.Go("mail", func(context.Context) error {
		none["a"] = 1
		return nil
	}))
	require.NoError(t, s.Wait(t.Context()))
	_, ok := errors.AsType[runtime.Error](onlyPanic(t, c))
	require.True(t, ok, "what the runtime panics with is an error too")
	require.NoError(t, s.Stop(t.Context(), nil))
}

func TestPanicWithNilIsAPanic(t *testing.T) {
	for _, old := range []string{"0", "1"} { // 1 is Go before 1.21: recover returns nil
		t.Run("panicnil="+old, func(t *testing.T) {
			t.Setenv("GODEBUG", "panicnil="+old)
			_, ok := errors.AsType[*runtime.PanicNilError](panicOf(t, nil))
			require.True(t, ok)
		})
	}
}

func TestPanicWhileStoppingIsAFailure(t *testing.T) {
	for name, value := range map[string]func(ctx context.Context) any{
		"of its own":           func(context.Context) any { return "kaboom" },
		"with what would do":   func(ctx context.Context) any { return ctx.Err() },
		"with the cause of it": func(ctx context.Context) any { return context.Cause(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := collecting(t.Context())
				require.NoError(t, s.Go("mail", func(ctx context.Context) error {
					<-ctx.Done()
					panic(value(ctx))
				}))
				synctest.Wait()
				require.NoError(t, s.Stop(t.Context(), errUpdate))
				require.NotEmpty(t, onlyPanic(t, c).Stack)
			})
		})
	}
}

// Goexit is what t.FailNow does.
func TestGoexitEndsTheTaskAndIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(context.Context) error {
			time.Sleep(time.Second)
			runtime.Goexit()
			return errBoom
		}))
		require.NoError(t, s.Wait(t.Context()), "no Wait may wait for it in vain")
		require.Equal(t, time.Second, time.Since(start))
		require.Empty(t, s.Running())
		require.Empty(t, c.failures())
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

// A plain go statement ends the program with each of these.
func TestPanicWhileGoexitRunsIsAFailure(t *testing.T) {
	for name, value := range map[string]any{"a value": "the clean-up failed", "an error": errCleanUp, "nil": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := collecting(t.Context())
				require.NoError(t, s.Go("mail", func(context.Context) error {
					defer func() { explode(value) }()
					runtime.Goexit()
					return nil
				}))
				require.NoError(t, s.Wait(t.Context()))
				p := onlyPanic(t, c)
				if value != nil {
					require.Equal(t, value, p.Value)
				}
				require.Contains(t, string(p.Stack), "supervisor_test.explode")
				require.NoError(t, s.Stop(t.Context(), nil))
			})
		})
	}
}

// A plain go statement ends in peace with these: Goexit takes the panic with it, or the function recovers it.
func TestPanicThatDoesNotGetOutIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("goexit in a panic", func(context.Context) error {
			defer runtime.Goexit()
			panic("kaboom")
		}))
		require.NoError(t, s.Go("recovered in a goexit", func(context.Context) error {
			defer func() { _ = recover() }()
			defer func() { panic("kaboom") }()
			runtime.Goexit()
			return errBoom
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.Empty(t, c.failures())
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

type brokenError struct{}

func (*brokenError) Error() string { return "broken" }
func (*brokenError) Unwrap() error { panic("kaboom") }

// While stopping, an error is asked what it wraps; that is foreign code.
func TestErrorThatPanicsWhenAskedIsAPanicOfItsTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			return new(brokenError)
		}))
		synctest.Wait()
		require.NoError(t, s.Stop(t.Context(), nil))
		require.Equal(t, "kaboom", onlyPanic(t, c).Value)
	})
}

// As loop.set_exception_handler. CPython: test_set_exc_handler_custom.
func TestTheLastOnFailureCounts(t *testing.T) {
	c := new(collector)
	s := supervisor.New(t.Context(),
		supervisor.OnFailure(func(context.Context, supervisor.Failure) { t.Error("called") }), supervisor.OnFailure(c.handle))
	require.NoError(t, s.Go("mail", func(context.Context) error { return errBoom }))
	require.NoError(t, s.Stop(t.Context(), nil))
	require.Len(t, c.failures(), 1)
}
