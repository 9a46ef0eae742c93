package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// What tells a report of a cancellation from a second failure that looks like it.

// asyncio keeps both: an ExceptionGroup of two.
func TestChildrenThatFailWithTheSameErrorAreTwoFailures(t *testing.T) {
	second := map[string]error{
		"the same":          errBoom,
		"wraps it":          fmt.Errorf("mirror B: %w", errBoom),
		"wraps it twice":    fmt.Errorf("all: %w", fmt.Errorf("mirror B: %w", errBoom)),
		"joined with it":    errors.Join(errBoom, errCleanUp),
		"a type of its own": &reportError{errBoom},
	}
	for name, err := range second {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, ctx := tasks.NewGroup(t.Context())
				require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
				require.NoError(t, g.Go(child(stubborn(2*time.Second, 0, err))))
				require.Equal(t, []error{errBoom, err}, failures(t, g.Wait()))
				require.ErrorIs(t, context.Cause(ctx), errBoom)
			})
		})
	}
}

func TestCauseOfTheGroupIsAReportHoweverOftenItIsWrapped(t *testing.T) {
	reports := map[string]func(cause error) error{
		"wrapped twice":        func(cause error) error { return fmt.Errorf("a: %w", fmt.Errorf("b: %w", cause)) },
		"joined with itself":   func(cause error) error { return errors.Join(cause, cause) },
		"joined with Canceled": func(cause error) error { return errors.Join(cause, fmt.Errorf("x: %w", context.Canceled)) },
		"joined beside a nil":  func(cause error) error { return severalErrors{nil, cause} },
		"a join inside a join": func(cause error) error { return errors.Join(errors.Join(cause), fmt.Errorf("%w, %w", cause, cause)) },
	}
	for name, report := range reports {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, _ := tasks.NewGroup(t.Context())
				require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
				require.NoError(t, g.Go(func(ctx context.Context) error {
					<-ctx.Done()
					return report(context.Cause(ctx))
				}))
				require.Equal(t, []error{errBoom}, failures(t, g.Wait()))
			})
		})
	}
}

// severalErrors has no filter, as errors.Join has one.
type severalErrors []error

func (e severalErrors) Error() string   { return "several" }
func (e severalErrors) Unwrap() []error { return e }

func TestErrorThatWrapsNothingAndSaysNothingIsAFailure(t *testing.T) {
	for name, err := range map[string]error{
		"no branch": severalErrors{}, "only nil": severalErrors{nil, nil}, "wraps nil": &reportError{},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, _ := tasks.NewGroup(t.Context())
				require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
				require.NoError(t, g.Go(child(stubborn(2*time.Second, 0, err))))
				require.Equal(t, []error{errBoom, err}, failures(t, g.Wait()))
			})
		})
	}
}

// A group that failed, and whose parent ended later, has two causes; an error that joins both is still a report.
func TestReportOfTheGroupAndOfItsParentAtOnceAddsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errStop)
		defer cancel()
		g, _ := tasks.NewGroup(parent)
		require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
		require.NoError(t, g.Go(func(ctx context.Context) error {
			<-parent.Done()
			return errors.Join(context.Cause(ctx), context.Cause(parent))
		}))
		require.Equal(t, []error{errBoom, errStop}, failures(t, g.Wait()))
	})
}

// A failure of an outer group is a report in the inner one, and its sentinel is not.
func TestInnerGroupTellsItsOwnFailureFromThatOfTheOuterOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer, _ := tasks.NewGroup(t.Context())
		require.NoError(t, outer.Go(child(after(time.Second, 0, errBoom))))
		require.NoError(t, outer.Go(func(ctx context.Context) error {
			inner, _ := tasks.NewGroup(ctx)
			assert.NoError(t, inner.Go(child(stubborn(2*time.Second, 0, errBoom))))
			assert.NoError(t, inner.Go(func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }))
			return inner.Wait()
		}))
		errs := failures(t, outer.Wait())
		require.Len(t, errs, 2)
		require.Equal(t, errBoom, errs[0])
		inner := failures(t, errs[1])
		require.Equal(t, errBoom, inner[0], "the failure of the inner group's own")
		require.Len(t, inner, 2, "and the cause of its parent")
	})
}

func TestGatherTellsAFunctionsOwnFailureFromTheFirstOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inner error
		_, err := tasks.Gather(t.Context(), after(time.Second, 0, errBoom), func(ctx context.Context) (int, error) {
			g, _ := tasks.NewGroup(ctx)
			_ = g.Go(child(stubborn(2*time.Second, 0, errBoom)))
			inner = g.Wait()
			return 0, nil
		})
		require.Equal(t, errBoom, err)
		require.Len(t, failures(t, inner), 2, "the failure of the inner group, and the cause of its parent")
	})
}

// While a context has not ended, no error reports its end; that it ends later does not change this.
func TestRaceKeepsAFailureThatCameBeforeItsContextEnded(t *testing.T) {
	for name, early := range map[string]error{"Canceled": context.Canceled, "the later cause": errStop, "the later Err": context.DeadlineExceeded} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errStop)
				defer cancel()
				_, err := tasks.Race(ctx, after(time.Second, 0, early), after(time.Hour, 0, nil))
				require.Equal(t, []error{early, errStop}, failures(t, err))
			})
		})
	}
}

func TestRaceKeepsFailuresThatAreTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wraps := fmt.Errorf("B: %w", errBoom)
		_, err := tasks.Race(t.Context(), after(time.Second, 0, errBoom), after(time.Second, 0, errBoom), after(time.Second, 0, wraps))
		require.Equal(t, []error{errBoom, errBoom, wraps}, failures(t, err))
	})
}

// As validators return them: == of two panics, also inside of another error.
type (
	uncomparableError []error
	holdsError        struct{ error }
)

func (uncomparableError) Error() string { return "several" }

func TestUncomparableCausesAreCompared(t *testing.T) {
	for name, cause := range map[string]error{
		"a slice": uncomparableError{errBoom}, "a struct that holds one": holdsError{uncomparableError{errBoom}},
		"joined": errors.Join(uncomparableError{errBoom}),
	} {
		t.Run(name, func(t *testing.T) {
			reports := func(ctx context.Context) (int, error) {
				<-ctx.Done()
				return 0, fmt.Errorf("stops: %w", context.Cause(ctx))
			}
			t.Run("Task", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					task := tasks.Go(t.Context(), reports)
					synctest.Wait()
					task.Cancel(cause)
					_, err := task.Wait(t.Context())
					require.EqualError(t, err, "stops: "+cause.Error())
					require.True(t, task.Cancelled())
				})
			})
			t.Run("Group", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g, _ := tasks.NewGroup(t.Context())
					require.NoError(t, g.Go(child(after(time.Second, 0, cause))))
					require.NoError(t, g.Go(child(reports)))
					require.NoError(t, g.Go(child(stubborn(2*time.Second, 0, cause))))
					require.Len(t, failures(t, g.Wait()), 2)
				})
			})
			t.Run("Group.Cancel", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g, _ := tasks.NewGroup(t.Context())
					require.NoError(t, g.Go(child(reports)))
					synctest.Wait()
					g.Cancel(cause)
					require.NoError(t, g.Wait())
				})
			})
			t.Run("parent", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(time.Second, func() { cancel(cause) })
					g, _ := tasks.NewGroup(ctx)
					require.NoError(t, g.Go(child(reports)))
					require.Equal(t, cause, g.Wait())
					_, err := tasks.Gather(ctx, reports)
					require.Equal(t, cause, err)
				})
			})
			t.Run("Race and Gather", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancelCause(t.Context())
					time.AfterFunc(time.Second, func() { cancel(cause) })
					var gathered error
					_, err := tasks.Race(ctx, reports, func(ctx context.Context) (int, error) {
						_, gathered = tasks.Gather(ctx, reports, reports)
						return 0, gathered
					})
					require.Equal(t, cause, err)
					require.Equal(t, cause, gathered)
				})
			})
		})
	}
}
