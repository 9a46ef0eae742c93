package supervisor_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

func TestStopCancelsWithTheCauseAndWaits(t *testing.T) {
	for name, cause := range map[string]struct{ given, want error }{
		"given": {errUpdate, errUpdate},
		"nil":   {nil, supervisor.ErrStopped},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := collecting(t.Context())
				for i := range 3 {
					require.NoError(t, s.Go("mail", func(ctx context.Context) error {
						<-ctx.Done()
						assert.Equal(t, context.Canceled, ctx.Err())
						assert.Equal(t, cause.want, context.Cause(ctx))
						time.Sleep(time.Duration(i) * time.Second)
						return ctx.Err()
					}))
				}
				time.Sleep(time.Second)
				start := time.Now()
				require.NoError(t, s.Stop(t.Context(), cause.given))
				require.Equal(t, 2*time.Second, time.Since(start), "Stop must wait for the last one's clean-up")
				require.Empty(t, s.Running())
				require.Empty(t, c.failures())
			})
		})
	}
}

func TestStoppedSupervisorTakesNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			assert.Equal(t, supervisor.ErrStopped, s.Go("late", func(context.Context) error { panic("started") }), "while stopping")
			time.Sleep(time.Second)
			return nil
		}))
		synctest.Wait()
		require.NoError(t, s.Stop(t.Context(), errUpdate))
		require.Equal(t, supervisor.ErrStopped, s.Go("late", func(context.Context) error { panic("started") }), "and after")
	})
}

func TestStopWhereNothingRunsReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errBoom)
		for _, ctx := range []context.Context{t.Context(), ended} {
			s, _ := collecting(t.Context())
			require.NoError(t, s.Stop(ctx, nil), "where nothing runs there is nothing to name, also on an ended ctx")
			require.Equal(t, supervisor.ErrStopped, s.Go("late", nothing))
			require.NoError(t, s.Stop(ctx, nil))
		}
	})
}

func TestStopNamesThoseThatDoNotStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		for i, name := range []string{"c", "quick", "a", "b", "a"} {
			d := time.Duration(5-i) * time.Minute
			fn := stubborn(d, nil)
			if name == "quick" {
				fn = after(d, nil)
			}
			require.NoError(t, s.Go(name, fn))
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBoom)
		defer cancel()
		start := time.Now()
		err := s.Stop(ctx, errUpdate)
		require.Equal(t, time.Second, time.Since(start))
		require.Equal(t, &supervisor.StopError{Running: []string{"c", "a", "b", "a"}, Cause: errBoom}, err, "oldest first, one of a name twice too")
		require.EqualError(t, err, "supervisor: still running: c, a, b, a: boom")
		require.ErrorIs(t, err, errBoom)
		require.NotErrorIs(t, err, errUpdate, "the cause is what ended the wait, not what ended the tasks")
		require.NoError(t, s.Stop(t.Context(), nil), "a later Stop waits for the rest")
		require.Equal(t, 5*time.Minute, time.Since(start))
		require.Empty(t, c.failures())
	})
}

func TestStopOnAnEndedContextRefusesAndCancelsAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			assert.Equal(t, errUpdate, context.Cause(ctx))
			time.Sleep(time.Second)
			return ctx.Err()
		}))
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errBoom)
		start := time.Now()
		require.Equal(t, &supervisor.StopError{Running: []string{"mail"}, Cause: errBoom}, s.Stop(ctx, errUpdate))
		require.Zero(t, time.Since(start))
		require.Equal(t, supervisor.ErrStopped, s.Go("late", nothing))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, time.Second, time.Since(start), "the task was asked to end")
	})
}

func TestStopReturnsWhenTheFailuresWereHandedOn(t *testing.T) {
	for _, call := range []string{"Stop", "Wait"} {
		t.Run(call, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var got []string // unguarded: what the handler did happens before Stop returns
				s := supervisor.New(t.Context(), supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
					time.Sleep(time.Second)
					got = append(got, f.Task)
				}))
				require.NoError(t, s.Go("a", stubborn(time.Second, errBoom)))
				require.NoError(t, s.Go("b", stubborn(1500*time.Millisecond, errCleanUp)))
				if call == "Stop" {
					require.NoError(t, s.Stop(t.Context(), nil))
				} else {
					require.NoError(t, s.Wait(t.Context()))
				}
				require.Equal(t, []string{"a", "b"}, got)
				require.Equal(t, 3*time.Second, time.Since(start), "the handler must have returned")
				require.NoError(t, s.Stop(t.Context(), nil))
			})
		})
	}
}

func TestStopGivesUpOnAHandlerToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) { time.Sleep(time.Hour) }))
		require.NoError(t, s.Go("mail", after(0, errBoom)))
		time.Sleep(time.Second)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := s.Stop(ctx, nil)
		require.Equal(t, &supervisor.StopError{Cause: context.DeadlineExceeded}, err, "no task runs any more")
		require.EqualError(t, err, "supervisor: failures not handed on yet: context deadline exceeded")
		require.Equal(t, context.DeadlineExceeded, s.Wait(ctx), "and Wait does")
		require.Equal(t, time.Second, time.Since(start))
		require.NoError(t, s.Wait(t.Context()))
	})
}

func TestFailureOfAStragglerIsHandedOnWhenItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("error", stubborn(time.Minute, errBoom)))
		require.NoError(t, s.Go("panic", func(context.Context) error {
			time.Sleep(2 * time.Minute)
			panic("kaboom")
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Error(t, s.Stop(ctx, nil))
		require.Empty(t, c.failures())
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []supervisor.Failure{{Task: "error", Err: errBoom}}, c.failures())
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Len(t, c.failures(), 2)
	})
}

// Dive 3: the second signal's shutdown cancels the first one, and what the tasks clean up.
func TestTwoStopsAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(4 * time.Second)
			assert.Equal(t, errUpdate, context.Cause(ctx), "the first cause stays")
			return context.Cause(ctx)
		}))
		start := time.Now()
		var wg sync.WaitGroup
		for i, want := range []error{
			nil,
			&supervisor.StopError{Running: []string{"mail"}, Cause: context.DeadlineExceeded},
			nil,
		} {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if want != nil {
					ctx, cancel = context.WithTimeout(ctx, time.Second)
				}
				defer cancel()
				err := s.Stop(ctx, []error{errUpdate, errBoom, nil}[i])
				assert.Equal(t, want, err, "each waits by its own ctx")
				assert.Equal(t, []time.Duration{4 * time.Second, 2 * time.Second, 4 * time.Second}[i], time.Since(start))
			})
		}
		wg.Wait()
		require.Empty(t, c.failures())
	})
}

func TestStopAfterTheEndOfTheContextGivenToNewKeepsItsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s, _ := collecting(ctx)
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(time.Second)
			assert.Equal(t, errBoom, context.Cause(ctx))
			return ctx.Err()
		}))
		synctest.Wait()
		cancel(errBoom)
		require.NoError(t, s.Stop(t.Context(), errUpdate))
	})
}

func TestManyWaitersThatGiveUpLeaveTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("mail", stubborn(time.Minute, nil)))
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Duration(i*7%40+30)*time.Second, errBoom)
				defer cancel()
				deadline, _ := ctx.Deadline()
				end := start.Add(time.Minute)
				err := s.Wait(ctx)
				switch {
				case deadline.Before(end):
					assert.Equal(t, errBoom, err)
					assert.Equal(t, deadline, time.Now())
				case deadline.After(end):
					assert.Equal(t, error(nil), err)
					assert.Equal(t, end, time.Now())
				}
			})
		}
		wg.Wait()
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

func TestWaitPrefersTheAnswer(t *testing.T) {
	s, _ := collecting(t.Context())
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errBoom)
	require.NoError(t, s.Wait(ctx), "nothing runs: that is the answer, also on an ended ctx")
	begin := make(chan struct{})
	require.NoError(t, s.Go("mail", func(context.Context) error { <-begin; return nil }))
	require.Equal(t, errBoom, s.Wait(ctx))
	close(begin)
	require.NoError(t, s.Wait(t.Context()))
	require.NoError(t, s.Wait(ctx))
	require.NoError(t, s.Stop(t.Context(), nil))
}

func TestWaitStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			time.Sleep(2 * time.Second)
			return ctx.Err()
		}))
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBoom)
		defer cancel()
		start := time.Now()
		require.Equal(t, errBoom, s.Wait(ctx))
		require.Equal(t, time.Second, time.Since(start))
		require.Equal(t, []string{"mail"}, s.Running())
		require.NoError(t, s.Go("disk", nothing), "a supervisor that was waited for takes more")
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestStopErrorWrapsItsCause(t *testing.T) {
	err := error(&supervisor.StopError{Running: []string{"mail"}, Cause: errBoom})
	require.Equal(t, errBoom, errors.Unwrap(err))
	require.EqualError(t, err, "supervisor: still running: mail: boom")
	require.NotPanics(t, func() { _ = (&supervisor.StopError{}).Error() }, "one that a caller made")
}
