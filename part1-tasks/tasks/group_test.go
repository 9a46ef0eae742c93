package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// failures are the errors that err joins.
func failures(t *testing.T, err error) []error {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok, "the failures of a group must be joined, not %T", err)
	return joined.Unwrap()
}

// CPython: test_taskgroup_01, 02.
func TestGroupWaitsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		ended := make(chan int, 3)
		for i := range 3 {
			require.NoError(t, g.Go(func(context.Context) error {
				time.Sleep(time.Duration(i+1) * time.Second)
				ended <- i
				return nil
			}))
		}
		require.Zero(t, time.Since(start), "Go must not wait")
		require.NoError(t, g.Wait())
		require.Len(t, ended, 3)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestEmptyGroupIsDoneAtOnce(t *testing.T) {
	g, ctx := tasks.NewGroup(t.Context())
	require.NoError(t, g.Wait())
	require.Equal(t, context.Canceled, ctx.Err())
	require.ErrorIs(t, g.Go(child(after(0, 0, nil))), tasks.ErrClosed)
}

// CPython: test_taskgroup_02, 24: tasks may be added while others run, also by them.
func TestChildrenMayAddChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		var add func(n int) func(context.Context) error
		add = func(n int) func(context.Context) error {
			return func(context.Context) error {
				time.Sleep(time.Second)
				if n == 1 {
					return nil
				}
				return g.Go(add(n - 1))
			}
		}
		require.NoError(t, g.Go(add(5)))
		require.NoError(t, g.Wait())
		require.Equal(t, 5*time.Second, time.Since(start))
	})
}

// CPython: test_taskgroup_03: there, cancelling one child is no error. Here the child has a context of its own for that.
func TestChildMayEndItsOwnTaskQuietly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		task := make(chan *tasks.Task[int], 1)
		require.NoError(t, g.Go(func(ctx context.Context) error {
			inner := tasks.Go(ctx, after(time.Hour, 0, nil))
			task <- inner
			_, err := inner.Wait(ctx)
			if inner.Cancelled() {
				return nil
			}
			return err
		}))
		require.NoError(t, g.Go(child(after(2*time.Second, 0, nil))))
		synctest.Wait()
		(<-task).Cancel(nil)
		require.NoError(t, g.Wait())
	})
}

// CPython: test_taskgroup_04, test_cancel_children_on_child_error.
func TestFirstFailureCancelsTheSiblings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, ctx := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
		require.NoError(t, g.Go(child(after(time.Hour, 0, nil))))
		require.NoError(t, g.Go(func(ctx context.Context) error {
			<-ctx.Done()
			assert.ErrorIs(t, context.Cause(ctx), errBoom)
			return fmt.Errorf("sibling: %w", context.Cause(ctx))
		}))
		err := g.Wait()
		require.Equal(t, []error{errBoom}, failures(t, err), "the siblings only reported their cancellation")
		require.ErrorIs(t, context.Cause(ctx), errBoom, "the first failure must be the cause of the group's context")
		require.Equal(t, time.Second, time.Since(start))
	})
}

// CPython: test_taskgroup_09, 10: an error of the body. Here the body is a child like the others.
func TestBodyThatFailsIsAChildThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Hour, 0, nil))))
		require.NoError(t, g.Go(func(context.Context) error { return errBoom }))
		require.Equal(t, []error{errBoom}, failures(t, g.Wait()))
		require.Zero(t, time.Since(start))
	})
}

// CPython: test_taskgroup_18, 19: errors of clean-up are collected too.
func TestEveryFailureIsJoinedInTheOrderTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		for i := range 3 {
			require.NoError(t, g.Go(func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Duration(3-i) * time.Second)
				return fmt.Errorf("clean-up %d", i)
			}))
		}
		require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
		require.EqualError(t, g.Wait(), "boom\nclean-up 2\nclean-up 1\nclean-up 0")
	})
}

func TestFailureOfCleanUpIsKeptBesideTheReport(t *testing.T) {
	reports := map[string]func(ctx context.Context) error{
		"joined": func(ctx context.Context) error { return errors.Join(ctx.Err(), errCleanUp) },
		"joined, wrapped": func(ctx context.Context) error {
			return fmt.Errorf("worker: %w", errors.Join(context.Cause(ctx), errCleanUp))
		},
		"two verbs":    func(ctx context.Context) error { return fmt.Errorf("%w, then %w", ctx.Err(), errCleanUp) },
		"only cleanup": func(context.Context) error { return errCleanUp },
	}
	for name, report := range reports {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, _ := tasks.NewGroup(t.Context())
				var want error
				require.NoError(t, g.Go(func(ctx context.Context) error {
					<-ctx.Done()
					want = report(ctx)
					return want
				}))
				require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
				err := g.Wait()
				require.ErrorIs(t, err, errCleanUp, "the failed clean-up must not get lost behind the cancellation")
				require.Equal(t, []error{errBoom, want}, failures(t, err))
			})
		})
	}
}

type reportError struct{ err error }

func (e *reportError) Error() string { return "report" }
func (e *reportError) Unwrap() error { return e.err }

type likeCanceledError []string // not comparable

func (e likeCanceledError) Error() string        { return "operation was canceled" }
func (e likeCanceledError) Is(target error) bool { return target == context.Canceled }

func TestReportsOfTheGroupsCancellationAddNothing(t *testing.T) {
	reports := map[string]func(ctx context.Context) error{
		"Err":                   func(ctx context.Context) error { return ctx.Err() },
		"Cause":                 func(ctx context.Context) error { return context.Cause(ctx) },
		"wrapped Err":           func(ctx context.Context) error { return fmt.Errorf("reading: %w", ctx.Err()) },
		"wrapped Cause":         func(ctx context.Context) error { return fmt.Errorf("reading: %w", context.Cause(ctx)) },
		"Err joined to Cause":   func(ctx context.Context) error { return errors.Join(ctx.Err(), context.Cause(ctx)) },
		"error type of its own": func(ctx context.Context) error { return &reportError{ctx.Err()} },
		"says so itself":        func(context.Context) error { return likeCanceledError{"dial"} },
		"derived context":       func(ctx context.Context) error { return derivedErr(ctx) },
	}
	for name, report := range reports {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, _ := tasks.NewGroup(t.Context())
				require.NoError(t, g.Go(func(ctx context.Context) error {
					<-ctx.Done()
					return report(ctx)
				}))
				require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
				require.Equal(t, []error{errBoom}, failures(t, g.Wait()))
			})
		})
	}
}

func derivedErr(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return ctx.Err()
}

func TestCanceledOfAContextOfItsOwnIsAFailureOfTheChild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, ctx := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Hour, 0, nil))))
		require.NoError(t, g.Go(func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx.Err()
		}))
		require.Equal(t, []error{context.Canceled}, failures(t, g.Wait()))
		require.ErrorIs(t, context.Cause(ctx), context.Canceled)
	})
}

func TestTimeoutOfItsOwnIsAFailureOfTheChildAlsoWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(func(ctx context.Context) error {
			<-ctx.Done()
			flush, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			<-flush.Done()
			return flush.Err()
		}))
		require.NoError(t, g.Go(func(context.Context) error { return errBoom }))
		require.Equal(t, []error{errBoom, context.DeadlineExceeded}, failures(t, g.Wait()))
	})
}

func TestUncomparableErrorsAreFailuresLikeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		for range 2 {
			require.NoError(t, g.Go(func(context.Context) error {
				time.Sleep(time.Second)
				return fieldsError{"name", "age"}
			}))
		}
		require.Len(t, failures(t, g.Wait()), 2)
	})
}

type fieldsError []string

func (e fieldsError) Error() string { return fmt.Sprint([]string(e)) }

// CPython: test_cancellation, test_taskgroup_07, 15, 16, 17.
// A function that declares its error as a pointer and returns it has failed, although the pointer is nil.
func TestNilPointerInAnErrorIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var none *fs.PathError
		g, ctx := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(func(context.Context) error { return none }))
		require.NoError(t, g.Go(func(ctx context.Context) error { <-ctx.Done(); return none }))
		require.Equal(t, []error{none, none}, failures(t, g.Wait()))
		require.ErrorIs(t, context.Cause(ctx), none)

		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) { <-ctx.Done(); return 1, none })
		synctest.Wait()
		task.Cancel(nil)
		value, err := task.Wait(t.Context())
		require.Equal(t, 1, value)
		require.Equal(t, none, err)
		require.False(t, task.Cancelled(), "it says nothing of the cancellation")
	})
}

func TestCancelledParentComesOutAsItsCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		g, ctx := tasks.NewGroup(parent)
		for range 3 {
			require.NoError(t, g.Go(func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				return ctx.Err()
			}))
		}
		require.Equal(t, errStop, g.Wait())
		require.Equal(t, 2*time.Second, time.Since(start), "the children must be waited for")
		require.Equal(t, errStop, context.Cause(ctx))
	})
}

// CPython: test_taskgroup_07: the cancellation is not lost when the children swallow it.
func TestCancelledParentComesOutAlsoWhenTheChildrenIgnoreIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		g, _ := tasks.NewGroup(parent)
		require.NoError(t, g.Go(child(stubborn(2*time.Second, 0, nil))))
		require.Equal(t, errStop, g.Wait())
	})
}

func TestChildrenMayReportTheParentsCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errStop)
		defer cancel()
		g, _ := tasks.NewGroup(parent)
		require.NoError(t, g.Go(func(context.Context) error {
			<-parent.Done() // long after the group's own
			return parent.Err()
		}))
		require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
		require.Equal(t, []error{errBoom, errStop}, failures(t, g.Wait()))
	})
}

// CPython: test_cancelling_level_preserved, test_error_and_cancel, test_nested_groups_both_cancelled (3.11 fails all three).
func TestCancelledParentIsNotLostBesideFailures(t *testing.T) {
	for name, parentEnds := range map[string]time.Duration{
		"before the failure": 500 * time.Millisecond,
		"after the failure":  1500 * time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				parent, cancel := context.WithTimeoutCause(t.Context(), parentEnds, errStop)
				defer cancel()
				g, _ := tasks.NewGroup(parent)
				require.NoError(t, g.Go(child(stubborn(time.Second, 0, errBoom))))
				require.NoError(t, g.Go(child(stubborn(2*time.Second, 0, nil))))
				require.Equal(t, []error{errBoom, errStop}, failures(t, g.Wait()))
			})
		})
	}
}

func TestParentThatEndsAfterTheChildrenChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		g, _ := tasks.NewGroup(parent)
		require.NoError(t, g.Go(child(after(time.Second, 0, nil))))
		time.Sleep(3 * time.Second)
		require.NoError(t, g.Wait(), "all was done in time; only Wait came late")
	})
}

func TestParentThatEndsBeforeAFunctionIsRefusedComesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errStop)
		defer cancel()
		g, _ := tasks.NewGroup(parent)
		require.NoError(t, g.Go(child(after(time.Second, 0, nil))))
		time.Sleep(3 * time.Second)
		require.ErrorIs(t, g.Go(child(after(time.Second, 0, nil))), tasks.ErrClosed)
		require.Equal(t, errStop, g.Wait(), "not all was done: a function was refused")
	})
}

func TestGroupOfAnEndedContextTakesNothing(t *testing.T) {
	parent, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	g, ctx := tasks.NewGroup(parent)
	require.Equal(t, errStop, context.Cause(ctx))
	require.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
	require.Equal(t, errStop, g.Wait())
}

// CPython: test_taskgroup_no_create_task_after_failure.
func TestStoppingGroupTakesNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(func(ctx context.Context) error {
			<-ctx.Done()
			assert.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
			return ctx.Err()
		}))
		require.NoError(t, g.Go(func(context.Context) error { return errBoom }))
		synctest.Wait()
		require.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
		require.Equal(t, []error{errBoom}, failures(t, g.Wait()))
	})
}

// CPython: test_taskgroup_finished.
func TestFinishedGroupTakesNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, ctx := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Second, 0, nil))))
		require.NoError(t, g.Wait())
		require.Equal(t, context.Canceled, ctx.Err(), "the context must end when Wait returns")
		require.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
	})
}

func TestGroupMayRunEmptyAndGoOnBeforeWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		for range 3 {
			require.NoError(t, g.Go(child(after(time.Second, 0, nil))))
			time.Sleep(2 * time.Second)
		}
		require.NoError(t, g.Wait())
	})
}

func TestAnyGoroutineMayAddWhileTheGroupIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(2*time.Second, 0, nil))))
		time.AfterFunc(time.Second, func() {
			assert.NoError(t, g.Go(child(after(2*time.Second, 0, nil))))
		})
		require.NoError(t, g.Wait())
		require.Equal(t, 3*time.Second, time.Since(start), "Wait must wait for what was added meanwhile")
	})
}

func TestEveryWaitGetsTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Second, 0, errBoom))))
		var wg sync.WaitGroup
		errs := make([]error, 3)
		for i := range errs {
			wg.Go(func() { errs[i] = g.Wait() })
		}
		wg.Wait()
		for _, err := range errs {
			require.Equal(t, []error{errBoom}, failures(t, err))
			require.Same(t, errs[0], err)
		}
		require.Same(t, errs[0], g.Wait(), "also one that comes later")
	})
}

// CPython: test_taskgroup_13, 14: nested groups.
func TestOuterFailureReachesTheInnerGroupAndIsNotDoubled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		outer, _ := tasks.NewGroup(t.Context())
		require.NoError(t, outer.Go(func(ctx context.Context) error {
			inner, _ := tasks.NewGroup(ctx)
			assert.NoError(t, inner.Go(child(after(time.Hour, 0, nil))))
			return inner.Wait()
		}))
		require.NoError(t, outer.Go(child(after(time.Second, 0, errBoom))))
		require.Equal(t, []error{errBoom}, failures(t, outer.Wait()))
		require.Equal(t, time.Second, time.Since(start))
	})
}

// CPython: test_taskgroup_14: the inner group's failures are one failure of the outer one.
func TestInnerGroupThatFailsIsOneFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer, _ := tasks.NewGroup(t.Context())
		require.NoError(t, outer.Go(func(ctx context.Context) error {
			inner, _ := tasks.NewGroup(ctx)
			assert.NoError(t, inner.Go(func(ctx context.Context) error {
				<-ctx.Done()
				return errCleanUp
			}))
			assert.NoError(t, inner.Go(child(after(time.Second, 0, errBoom))))
			return inner.Wait()
		}))
		require.NoError(t, outer.Go(child(after(time.Hour, 0, nil))))
		errs := failures(t, outer.Wait())
		require.Len(t, errs, 1)
		require.Equal(t, []error{errBoom, errCleanUp}, failures(t, errs[0]))
	})
}

// CPython: test_nested_groups_both_cancelled.
func TestCancelledParentPassesThroughNestedGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		outer, _ := tasks.NewGroup(parent)
		require.NoError(t, outer.Go(func(ctx context.Context) error {
			inner, _ := tasks.NewGroup(ctx)
			assert.NoError(t, inner.Go(child(after(time.Hour, 0, nil))))
			return inner.Wait()
		}))
		require.Equal(t, errStop, outer.Wait())
	})
}

// CPython: test_taskgroup_25: cancellation wins over children that keep spawning.
func TestCancellationWinsOverChildrenThatSpawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		parent, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, errStop)
		defer cancel()
		g, _ := tasks.NewGroup(parent)
		var spawn func(context.Context) error
		spawn = func(context.Context) error {
			time.Sleep(time.Second)
			err := g.Go(spawn)
			if errors.Is(err, tasks.ErrClosed) {
				return nil
			}
			return err
		}
		require.NoError(t, g.Go(spawn))
		require.Equal(t, errStop, g.Wait())
		require.LessOrEqual(t, time.Since(start), 11*time.Second)
	})
}

func TestGoexitOfAChildIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		require.NoError(t, g.Go(child(after(time.Hour, 0, nil))))
		require.NoError(t, g.Go(func(context.Context) error {
			runtime.Goexit()
			return nil
		}))
		require.EqualError(t, g.Wait(), "tasks: function ended by runtime.Goexit")
		require.Zero(t, time.Since(start), "it must cancel the siblings like any failure")
	})
}

func TestMisuseOfAGroupPanicsAtTheCaller(t *testing.T) {
	g, _ := tasks.NewGroup(t.Context())
	require.PanicsWithValue(t, "tasks: Group.Go of a nil function", func() { _ = g.Go(nil) })
	require.NoError(t, g.Wait(), "the misuse must leave the group usable")
	var zero tasks.Group
	require.PanicsWithValue(t, "tasks: Group not made by NewGroup", func() { _ = zero.Wait() })
	require.PanicsWithValue(t, "tasks: Group not made by NewGroup", func() { _ = zero.Go(child(after(0, 0, nil))) })
	var none context.Context
	require.PanicsWithValue(t, "tasks: NewGroup with a nil context", func() { tasks.NewGroup(none) })
}
