package supervisor_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

type reportError struct{ err error }

func (e *reportError) Error() string { return "report" }
func (e *reportError) Unwrap() error { return e.err }

type joinedError []error

func (e joinedError) Error() string   { return "joined" }
func (e joinedError) Unwrap() []error { return e }

type likeCanceledError []string // not comparable

func (e likeCanceledError) Error() string        { return "operation was canceled" }
func (e likeCanceledError) Is(target error) bool { return target == context.Canceled }

// CPython: test_taskgroup_03: a cancelled child is no error.
func TestReportOfTheCancellationIsNoFailure(t *testing.T) {
	reports := map[string]func(ctx context.Context) error{
		"nothing":               func(context.Context) error { return nil },
		"Err":                   func(ctx context.Context) error { return ctx.Err() },
		"Cause":                 func(ctx context.Context) error { return context.Cause(ctx) },
		"wrapped Err":           func(ctx context.Context) error { return fmt.Errorf("reading: %w", ctx.Err()) },
		"wrapped Cause":         func(ctx context.Context) error { return fmt.Errorf("reading: %w", context.Cause(ctx)) },
		"Err joined to Cause":   func(ctx context.Context) error { return errors.Join(ctx.Err(), context.Cause(ctx)) },
		"error type of its own": func(ctx context.Context) error { return &reportError{ctx.Err()} },
		"says so itself":        func(context.Context) error { return likeCanceledError{"dial"} },
		"derived context":       derivedErr,
	}
	causes := map[string]struct{ given, want error }{
		"no cause":             {nil, supervisor.ErrStopped},
		"a cause":              {errUpdate, errUpdate},
		"an uncomparable one":  {fieldsError{"name"}, fieldsError{"name"}},
		"the same as its own":  {context.Canceled, context.Canceled},
		"one that wraps these": {fmt.Errorf("main: %w", context.Canceled), fmt.Errorf("main: %w", context.Canceled)},
	}
	for name, report := range reports {
		for what, cause := range causes {
			t.Run(name+"/"+what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, c := collecting(t.Context())
					require.NoError(t, s.Go("mail", func(ctx context.Context) error {
						<-ctx.Done()
						if want := cause.want; context.Cause(ctx).Error() != want.Error() {
							return errBoom
						}
						return report(ctx)
					}))
					synctest.Wait()
					require.NoError(t, s.Stop(t.Context(), cause.given))
					require.Empty(t, c.failures())
				})
			})
		}
	}
}

func derivedErr(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return ctx.Err()
}

// CPython: test_taskgroup_18, 19.
func TestFailureOfCleanUpIsAFailure(t *testing.T) {
	errs := map[string]func(ctx context.Context) error{
		"alone":           func(context.Context) error { return errCleanUp },
		"joined":          func(ctx context.Context) error { return errors.Join(ctx.Err(), errCleanUp) },
		"joined to cause": func(ctx context.Context) error { return errors.Join(errCleanUp, context.Cause(ctx)) },
		"joined, wrapped": func(ctx context.Context) error {
			return fmt.Errorf("mail: %w", errors.Join(context.Cause(ctx), errCleanUp))
		},
		"says nothing":  func(context.Context) error { return &reportError{} },
		"joins nothing": func(context.Context) error { return joinedError{} },
		"two verbs":     func(ctx context.Context) error { return fmt.Errorf("%w, then %w", ctx.Err(), errCleanUp) },
	}
	for name, fail := range errs {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := collecting(t.Context())
				var want error
				require.NoError(t, s.Go("mail", func(ctx context.Context) error {
					<-ctx.Done()
					want = fail(ctx)
					return want
				}))
				synctest.Wait()
				require.NoError(t, s.Stop(t.Context(), errUpdate))
				require.Equal(t, []supervisor.Failure{{Task: "mail", Err: want}}, c.failures(),
					"the failed clean-up must not get lost behind the cancellation")
			})
		})
	}
}

func TestEndOfAContextOfItsOwnIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("cancelled", func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx.Err()
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.NoError(t, s.Go("timed out", func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			<-ctx.Done()
			return ctx.Err()
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, []supervisor.Failure{
			{Task: "cancelled", Err: context.Canceled}, {Task: "timed out", Err: context.DeadlineExceeded},
		}, c.failures())
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

func TestTimeoutOfCleanUpIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			flush, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			<-flush.Done()
			return flush.Err()
		}))
		synctest.Wait()
		require.NoError(t, s.Stop(t.Context(), nil))
		require.Equal(t, []supervisor.Failure{{Task: "mail", Err: context.DeadlineExceeded}}, c.failures())
	})
}

func TestAnyErrorBeforeTheCancellationIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		for _, err := range []error{context.Canceled, context.DeadlineExceeded, supervisor.ErrStopped} {
			require.NoError(t, s.Go("mail", func(context.Context) error { return err }))
			require.NoError(t, s.Wait(t.Context()))
		}
		require.NoError(t, s.Stop(t.Context(), nil))
		require.Len(t, c.failures(), 3)
	})
}

func TestTaskMayReportTheEndOfTheContextGivenToNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errUpdate)
		defer cancel()
		s, c := collecting(ctx)
		for _, report := range []func(context.Context) error{context.Context.Err, context.Cause} {
			require.NoError(t, s.Go("mail", func(context.Context) error {
				<-ctx.Done() // long after the supervisor's own
				return report(ctx)
			}))
		}
		synctest.Wait()
		require.NoError(t, s.Stop(t.Context(), nil))
		require.Empty(t, c.failures())
	})
}

func TestRefusalByAnotherSupervisorIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other, _ := collecting(t.Context())
		require.NoError(t, other.Stop(t.Context(), nil))
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("mail", func(ctx context.Context) error {
			<-ctx.Done()
			return other.Go("late", nothing)
		}))
		synctest.Wait()
		require.NoError(t, s.Stop(t.Context(), errUpdate))
		require.Equal(t, []supervisor.Failure{{Task: "mail", Err: supervisor.ErrStopped}}, c.failures(),
			"ErrStopped is a report only where it is the cause")
	})
}
