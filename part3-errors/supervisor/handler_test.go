package supervisor_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

// logged returns what slog's default logger says during the test, one record a line.
func logged(t *testing.T) *bytes.Buffer {
	t.Helper()
	var out bytes.Buffer
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	return &out
}

// The thread's idiom prints; asyncio's own "never retrieved" is an error of the logger too.
func TestFailuresAreLoggedWithoutAHandler(t *testing.T) {
	out := logged(t)
	s := supervisor.New(t.Context())
	require.NoError(t, s.Go("mail", func(context.Context) error { return errBoom }))
	require.NoError(t, s.Wait(t.Context()))
	require.Equal(t, "level=ERROR msg=\"supervisor: task failed\" task=mail err=boom\n", out.String())
	out.Reset()
	require.NoError(t, s.Go("disk", func(context.Context) error {
		explode("kaboom")
		return nil
	}))
	require.NoError(t, s.Stop(t.Context(), nil))
	require.Contains(t, out.String(), `level=ERROR msg="supervisor: task failed" task=disk err="panic: kaboom" stack="goroutine `)
	require.Contains(t, out.String(), "supervisor_test.explode", "a panic is of no use without its stack")
}

// CPython: test_set_exc_handler_broken: it is logged, the loop lives.
func TestHandlerThatPanicsIsReportedAndCalledAgain(t *testing.T) {
	out := logged(t)
	synctest.Test(t, func(t *testing.T) {
		c := new(collector)
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, f supervisor.Failure) {
			c.handle(ctx, f)
			time.Sleep(time.Second) // so that the others wait behind it
			explode("handler")
		}))
		for range 3 {
			require.NoError(t, s.Go("mail", after(time.Second, errBoom)))
		}
		require.NoError(t, s.Wait(t.Context()))
		require.Len(t, c.failures(), 3, "the failures behind it must not get lost")
		require.NoError(t, s.Stop(t.Context(), nil))
	})
	require.Equal(t, 3, bytes.Count(out.Bytes(), []byte("supervisor: failure handler panicked")))
	require.Contains(t, out.String(), "panic=handler task=mail err=boom stack=")
	require.Contains(t, out.String(), "supervisor_test.explode")
}

func TestHandlerThatEndsInGoexitIsCalledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := new(collector)
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, f supervisor.Failure) {
			c.handle(ctx, f)
			time.Sleep(time.Second)
			runtime.Goexit()
		}))
		for i := range 3 {
			require.NoError(t, s.Go(fmt.Sprint(i), after(time.Duration(i)*time.Millisecond, errBoom)))
		}
		require.NoError(t, s.Wait(t.Context()), "no Wait may wait in vain")
		require.Equal(t, 3*time.Second, time.Since(start))
		require.Equal(t, []supervisor.Failure{{Task: "0", Err: errBoom}, {Task: "1", Err: errBoom}, {Task: "2", Err: errBoom}}, c.failures())
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

type brokenLogger struct{ slog.Handler }

func (brokenLogger) Enabled(context.Context, slog.Level) bool { panic("no disk") }

func TestLoggerThatPanicsEndsNothing(t *testing.T) {
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	s := supervisor.New(t.Context())
	slog.SetDefault(slog.New(brokenLogger{before.Handler()}))
	require.NoError(t, s.Go("mail", func(context.Context) error { return errBoom }))
	require.NoError(t, s.Wait(t.Context()))
	require.NoError(t, s.Stop(t.Context(), nil))
}

// The lesson's restart of a failed child. Wait must not see the moment between the end of the old one and the start of the new one.
func TestHandlerMayStartTheTaskAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var s *supervisor.Supervisor
		failed := 0
		s = supervisor.New(t.Context(), supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
			assert.Empty(t, s.Running(), "what has failed does not run any more")
			failed++
			time.Sleep(time.Second) // back off
			if failed < 3 {
				assert.NoError(t, s.Go(f.Task, after(time.Second, errBoom))) //nolint:testifylint // not on the test's goroutine
				assert.Equal(t, []string{"mail"}, s.Running())
			}
		}))
		require.NoError(t, s.Go("mail", after(time.Second, errBoom)))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 6*time.Second, time.Since(start))
		require.Equal(t, 3, failed)
		require.NoError(t, s.Stop(t.Context(), nil))
		require.ErrorIs(t, s.Go("mail", nothing), supervisor.ErrStopped)
	})
}

// "The first failure stops all" is a line in the handler.
func TestStopInTheHandlerWaitsForTheTasksAndNotForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var s *supervisor.Supervisor
		c := new(collector)
		s = supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, f supervisor.Failure) {
			c.handle(ctx, f)
			if f.Task == "first" {
				assert.NoError(t, s.Stop(ctx, f.Err)) //nolint:testifylint // not on the test's goroutine
				assert.Empty(t, s.Running())
				assert.NoError(t, s.Wait(ctx)) //nolint:testifylint // not on the test's goroutine
				assert.Len(t, c.failures(), 1, "one call at a time: what failed meanwhile comes when this one has returned")
				assert.Equal(t, 3*time.Second, time.Since(start))
				time.Sleep(time.Second)
			}
		}))
		require.NoError(t, s.Go("first", after(time.Second, errBoom)))
		require.NoError(t, s.Go("second", func(ctx context.Context) error {
			<-ctx.Done()
			assert.Equal(t, errBoom, context.Cause(ctx))
			time.Sleep(2 * time.Second)
			return errCleanUp
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 4*time.Second, time.Since(start), "Wait from outside does wait for the handler")
		require.Equal(t, []supervisor.Failure{{Task: "first", Err: errBoom}, {Task: "second", Err: errCleanUp}}, c.failures())
	})
}

func TestStopInTheHandlerNamesThoseThatDoNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *supervisor.Supervisor
		s = supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, _ supervisor.Failure) {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			err := s.Stop(ctx, nil)
			assert.Equal(t, &supervisor.StopError{Running: []string{"stubborn"}, Cause: context.DeadlineExceeded}, err)
			assert.Equal(t, context.DeadlineExceeded, s.Wait(ctx))
		}))
		require.NoError(t, s.Go("fails", after(time.Second, errBoom)))
		require.NoError(t, s.Go("stubborn", stubborn(time.Minute, nil)))
		require.NoError(t, s.Wait(t.Context()))
	})
}

// Each would wait for the other: the handler for the task, and the task for the handler to return.
func TestStopInTheHandlerAndStopInATaskDoNotWaitForEachOther(t *testing.T) {
	for _, call := range []string{"Stop", "Wait"} {
		t.Run(call+" in the handler", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var s *supervisor.Supervisor
				s = supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, _ supervisor.Failure) {
					wait := s.Wait
					if call == "Stop" {
						wait = func(ctx context.Context) error { return s.Stop(ctx, nil) }
					}
					err := wait(ctx)
					assert.NoError(t, err) //nolint:testifylint // not on the test's goroutine
					assert.Equal(t, 3*time.Second, time.Since(start), "the third task must be waited for")
					time.Sleep(time.Second)
				}))
				require.NoError(t, s.Go("fails", after(time.Second, errBoom)))
				require.NoError(t, s.Go("stops", func(ctx context.Context) error {
					time.Sleep(2 * time.Second)
					assert.NoError(t, s.Stop(ctx, nil))
					assert.Equal(t, 4*time.Second, time.Since(start), "the handler must have returned")
					return nil
				}))
				require.NoError(t, s.Go("third", stubborn(3*time.Second, nil)))
				require.NoError(t, s.Wait(t.Context()))
				require.Equal(t, 4*time.Second, time.Since(start))
			})
		})
	}
}

// A call of the one is not a call of the other.
func TestHandlerOfAnotherSupervisorIsAnOrdinaryCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) { time.Sleep(2 * time.Second) }))
		other := supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) {
			assert.NoError(t, s.Stop(t.Context(), nil)) //nolint:testifylint // not on the test's goroutine
			assert.Equal(t, 3*time.Second, time.Since(start), "it must wait until the failure was handed on")
		}))
		require.NoError(t, s.Go("mail", after(time.Second, errBoom)))
		require.NoError(t, other.Go("disk", after(1500*time.Millisecond, errBoom)))
		require.NoError(t, other.Wait(t.Context()))
		require.NoError(t, other.Stop(t.Context(), nil))
	})
}

// The mark is the context, not the goroutine.
func TestContextOfTheHandlerMarksStopAndWaitFromWhateverGoroutine(t *testing.T) {
	derived := map[string]func(ctx context.Context) context.Context{
		"the handler's":      func(ctx context.Context) context.Context { return ctx },
		"derived, a value":   func(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, "value") },
		"derived, no cancel": context.WithoutCancel,
		"derived, of a type": func(ctx context.Context) context.Context { return wrapped{ctx} },
	}
	for name, derive := range derived {
		for _, call := range []string{"Stop", "Wait"} {
			t.Run(call+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					start := time.Now()
					var s *supervisor.Supervisor
					s = supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, _ supervisor.Failure) {
						errc := make(chan error)
						go func() {
							if call == "Stop" {
								errc <- s.Stop(derive(ctx), nil)
							} else {
								errc <- s.Wait(derive(ctx))
							}
						}()
						err := <-errc
						assert.NoError(t, err) //nolint:testifylint // not on the test's goroutine
						assert.Equal(t, 3*time.Second, time.Since(start), "the tasks must be waited for, and the handler must not")
					}))
					require.NoError(t, s.Go("fails", after(time.Second, errBoom)))
					require.NoError(t, s.Go("slow", stubborn(3*time.Second, nil)))
					require.NoError(t, s.Wait(t.Context()))
					require.Equal(t, 3*time.Second, time.Since(start))
				})
			})
		}
	}
}

func TestOtherContextsWaitForTheHandlerUntilTheyEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var s *supervisor.Supervisor
		s = supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) {
			limited, cancel := context.WithTimeoutCause(t.Context(), time.Second, errUpdate)
			defer cancel()
			assert.Equal(t, errUpdate, s.Wait(limited))
			assert.Equal(t, &supervisor.StopError{Cause: errUpdate}, s.Stop(limited, nil))
			assert.Equal(t, 2*time.Second, time.Since(start))
		}))
		require.NoError(t, s.Go("fails", after(time.Second, errBoom)))
		require.NoError(t, s.Wait(t.Context()))
	})
}

func TestContextOfTheHandlerHasTheValuesOfNewsAndDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(context.WithValue(t.Context(), key{}, "value"), 2*time.Second, errUpdate)
		defer cancel()
		called := 0
		var s *supervisor.Supervisor
		s = supervisor.New(parent, supervisor.OnFailure(func(ctx context.Context, f supervisor.Failure) {
			called++
			assert.Equal(t, "value", ctx.Value(key{}))
			_, ok := ctx.Deadline()
			assert.False(t, ok, "New's deadline is not the handler's")
			if f.Task == "first" {
				assert.NoError(t, s.Stop(ctx, nil)) //nolint:testifylint // not on the test's goroutine
			}
			assert.Equal(t, [2]error{}, [2]error{ctx.Err(), context.Cause(ctx)}, "neither Stop nor the end of New's context ends it")
		}))
		require.NoError(t, s.Go("first", after(time.Second, errBoom)))
		require.NoError(t, s.Go("late", stubborn(3*time.Second, errBoom)))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 2, called)
	})
}

func TestDeadlineBoundsTheWaitOfTheHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *supervisor.Supervisor
		s = supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, _ supervisor.Failure) {
			limited, cancel := context.WithTimeoutCause(ctx, time.Second, errUpdate)
			defer cancel()
			assert.Equal(t, errUpdate, s.Wait(limited))
			assert.Equal(t, &supervisor.StopError{Running: []string{"slow"}, Cause: errUpdate}, s.Stop(limited, nil))
			ended, cancelNow := context.WithCancelCause(ctx)
			cancelNow(errBoom)
			assert.Equal(t, &supervisor.StopError{Running: []string{"slow"}, Cause: errBoom}, s.Stop(ended, nil))
		}))
		require.NoError(t, s.Go("fails", after(time.Second, errBoom)))
		require.NoError(t, s.Go("slow", stubborn(time.Minute, nil)))
		require.NoError(t, s.Wait(t.Context()))
	})
}

// It is marked, and its wait ends when the tasks have ended; another failure may then be with the handler.
func TestContextOfTheHandlerStaysMarkedAfterTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		left := make(chan context.Context, 2)
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, _ supervisor.Failure) {
			left <- ctx
			time.Sleep(time.Hour)
		}))
		require.NoError(t, s.Go("first", after(time.Second, errBoom)))
		require.NoError(t, s.Go("second", after(2*time.Second, errBoom)))
		require.NoError(t, s.Wait(<-left))
		require.Equal(t, 2*time.Second, time.Since(start))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 2*time.Hour+time.Second, time.Since(start))
	})
}

// A supervisor inside the handler of another: its tasks are the handler's affair, and may stop the outer supervisor.
func TestTaskOfASupervisorInsideTheHandlerCountsAsTheHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var s *supervisor.Supervisor
		s = supervisor.New(t.Context(), supervisor.OnFailure(func(ctx context.Context, _ supervisor.Failure) {
			inner := supervisor.New(ctx)
			assert.NoError(t, inner.Go("stops", func(ctx context.Context) error { return s.Stop(ctx, nil) }))
			assert.NoError(t, inner.Wait(ctx))
			assert.NoError(t, inner.Stop(ctx, nil))
		}))
		require.NoError(t, s.Go("fails", after(time.Second, errBoom)))
		require.NoError(t, s.Go("slow", stubborn(3*time.Second, nil)))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}
