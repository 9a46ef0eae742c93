package tasks_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

type key struct{}

// foreign is a context that the context package does not know.
type foreign struct{ context.Context } //nolint:containedctx // this is a context

// Whether or not the function has used its context before the cancellation came.
func TestContextOfACancelledTaskIsConsistent(t *testing.T) {
	use := map[string]func(ctx context.Context){
		"never used": func(context.Context) {},
		"Done":       func(ctx context.Context) { ctx.Done() },
		"Err":        func(ctx context.Context) { assert.NoError(t, ctx.Err()) },
		"Value":      func(ctx context.Context) { assert.Equal(t, "value", ctx.Value(key{})) },
		"Cause":      func(ctx context.Context) { assert.NoError(t, context.Cause(ctx)) },
	}
	for name, touch := range use {
		for _, end := range []string{"Cancel", "parent"} {
			t.Run(name+" then "+end, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					parent, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "value"))
					defer cancel(nil)
					goOn := make(chan struct{})
					task := tasks.Go(parent, func(ctx context.Context) (int, error) {
						touch(ctx)
						<-goOn
						select {
						case <-ctx.Done():
						default:
							assert.Fail(t, "Done must be closed once the task is cancelled")
						}
						assert.Equal(t, context.Canceled, ctx.Err())
						assert.Equal(t, errStop, context.Cause(ctx))
						assert.Equal(t, "value", ctx.Value(key{}))
						return 0, ctx.Err()
					})
					synctest.Wait()
					if end == "Cancel" {
						task.Cancel(errStop)
						cancel(errBoom) // too late: the first cancellation is the cause
					} else {
						cancel(errStop)
						task.Cancel(errBoom)
					}
					close(goOn)
					<-task.Done()
					require.True(t, task.Cancelled())
				})
			})
		}
	}
}

func TestDerivedContextEndsTogetherWithTheTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		derived := make(chan context.Context, 4)
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			withCancel, cancel := context.WithCancel(ctx)
			defer cancel()
			withTimeout, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			withBoth, cancel := context.WithTimeout(context.WithValue(withCancel, key{}, 1), time.Hour)
			defer cancel()
			derived <- ctx
			derived <- withCancel
			derived <- withTimeout
			derived <- withBoth
			<-ctx.Done()
			time.Sleep(time.Second) // before the cancels
			return 0, ctx.Err()
		})
		synctest.Wait()
		task.Cancel(errStop)
		close(derived)
		for ctx := range derived {
			require.Equal(t, context.Canceled, ctx.Err(), "a derived context must have ended when Cancel returns")
			require.Equal(t, errStop, context.Cause(ctx))
		}
		<-task.Done()
	})
}

func TestContextThatIsNotFromTheContextPackageMayBeTheParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		task := tasks.Go(foreign{inner}, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			return 0, context.Cause(ctx)
		})
		synctest.Wait()
		cancel(errStop)
		_, err := task.Wait(t.Context())
		require.Equal(t, errStop, err)
		require.True(t, task.Cancelled())
	})
}

func TestAfterFuncOfATasksContextIsCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			context.AfterFunc(ctx, func() { cause = context.Cause(ctx) })
			<-ctx.Done()
			return 0, ctx.Err()
		})
		synctest.Wait()
		task.Cancel(errStop)
		synctest.Wait()
		require.Equal(t, errStop, cause)
	})
}

// A parent of a kind of its own can tell how many contexts it still has to end.
type countingParent struct {
	context.Context //nolint:containedctx // this is a context
	derived         atomic.Int32
}

func (p *countingParent) AfterFunc(fn func()) func() bool {
	p.derived.Add(1)
	stop := context.AfterFunc(p.Context, fn)
	return func() bool {
		p.derived.Add(-1)
		return stop()
	}
}

// Done is another channel than that of the context inside, so that the context package asks for AfterFunc.
func (p *countingParent) Done() <-chan struct{} {
	return make(chan struct{})
}

func TestParentForgetsATaskThatHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent := &countingParent{Context: t.Context()}
		left := make(chan context.Context, 1)
		task := tasks.Go(parent, func(ctx context.Context) (int, error) {
			_, err := after(time.Second, 42, nil)(ctx)
			left <- ctx
			return 42, err
		})
		synctest.Wait()
		require.EqualValues(t, 1, parent.derived.Load(), "a task that waits hangs on its parent")
		<-task.Done()
		require.Zero(t, parent.derived.Load(), "a task that has ended must be forgotten")
		task.Cancel(nil)
		<-(<-left).Done()
		require.Zero(t, parent.derived.Load(), "and nothing may bring it back")
	})
}

func TestContextMayBeUsedByManyAtOnce(t *testing.T) {
	for range 200 {
		parent, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
		var task *tasks.Task[int]
		var wg sync.WaitGroup
		begin, use := make(chan context.Context), make(chan struct{})
		task = tasks.Go(parent, func(ctx context.Context) (int, error) {
			begin <- ctx
			return 42, nil
		})
		ctx := <-begin
		for _, fn := range []func(){
			func() { <-ctx.Done() },
			func() { assert.Equal(t, "value", ctx.Value(key{})) },
			func() { _, _ = ctx.Err(), context.Cause(ctx) },
			func() { _ = fmt.Sprint(ctx) },
			func() { task.Cancel(errStop) },
			func() { context.AfterFunc(ctx, func() {})() },
			cancel,
		} {
			wg.Go(func() {
				<-use
				fn()
			})
		}
		close(use)
		wg.Wait()
		require.Equal(t, context.Canceled, ctx.Err())
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
	}
}

func TestContextEndsWithTheTask(t *testing.T) {
	for _, used := range []bool{true, false} {
		t.Run(fmt.Sprintf("used before: %t", used), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				left := make(chan context.Context, 1)
				task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
					if used {
						ctx.Done()
					}
					left <- ctx
					return 42, nil
				})
				<-task.Done()
				ctx := <-left
				require.Equal(t, context.Canceled, ctx.Err(), "what a task leaves behind must learn that it has ended")
				require.Equal(t, context.Canceled, context.Cause(ctx))
				<-ctx.Done()
				require.False(t, task.Cancelled())
			})
		})
	}
}

func TestContextHasTheParentsDeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	want, _ := ctx.Deadline()
	task := tasks.Go(ctx, func(ctx context.Context) (time.Time, error) {
		deadline, ok := ctx.Deadline()
		assert.True(t, ok)
		return deadline, nil
	})
	deadline, err := task.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, deadline)
}

// CPython: test_wait_for.
func TestTimeoutEndsTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		task := tasks.Go(ctx, after(time.Hour, 42, nil))
		_, err := task.Wait(t.Context())
		require.Equal(t, context.DeadlineExceeded, err)
		require.True(t, task.Cancelled())
		require.Equal(t, time.Second, time.Since(start))
	})
}

// CPython: test_timeout_disabled, test_timeout_basic's other half.
func TestTimeoutThatIsNotReachedChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		value, err := tasks.Go(ctx, after(time.Second, 42, nil)).Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
	})
}

// CPython: test_wait_for_waits_for_task_cancellation.
func TestTimedOutTaskIsWaitedForWhileItCleansUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		task := tasks.Go(ctx, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			time.Sleep(2 * time.Second)
			return 0, ctx.Err()
		})
		_, err := task.Wait(t.Context())
		require.Equal(t, context.DeadlineExceeded, err)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

// CPython: test_wait_for_cancel_suppressed, test_wait_for_cancellation_race_condition.
func TestValueWinsOverTheTimeoutThatTheTaskIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		value, err := tasks.Go(ctx, stubborn(2*time.Second, 42, nil)).Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
	})
}

// CPython: test_wait_for_issue86296: the answer is there, and the caller's cancellation is not lost either.
func TestWaitThatAnswersDoesNotHideTheCancellation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := tasks.Go(t.Context(), after(time.Second, 42, nil))
		outer := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			time.Sleep(2 * time.Second)
			value, err := inner.Wait(ctx)
			assert.Equal(t, tasks.Outcome[int]{Value: 42}, tasks.Outcome[int]{Value: value, Err: err})
			return value, ctx.Err()
		})
		synctest.Wait()
		outer.Cancel(nil)
		_, err := outer.Wait(t.Context())
		require.Equal(t, context.Canceled, err)
		require.True(t, outer.Cancelled())
	})
}

// CPython: test_nested_timeouts: only the outer one has expired, and the cause says which it was.
func TestCauseTellsWhoseTimeoutItWas(t *testing.T) {
	errOuter := fmt.Errorf("outer: %w", context.DeadlineExceeded)
	errInner := fmt.Errorf("inner: %w", context.DeadlineExceeded)
	for name, tt := range map[string]struct {
		outer, inner time.Duration
		want         error
	}{
		"the outer ends first": {time.Second, 2 * time.Second, errOuter},
		"the inner ends first": {2 * time.Second, time.Second, errInner},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), tt.outer, errOuter)
				defer cancel()
				start := time.Now()
				task := tasks.Go(ctx, func(ctx context.Context) (bool, error) {
					inner, cancel := context.WithTimeoutCause(ctx, tt.inner, errInner)
					defer cancel()
					<-inner.Done()
					return ctx.Err() != nil, context.Cause(inner)
				})
				outerEnded, err := task.Wait(t.Context())
				require.Equal(t, tt.want, err)
				require.Equal(t, tt.outer < tt.inner, outerEnded)
				require.Equal(t, outerEnded, task.Cancelled(), "the inner timeout is the task's own affair")
				require.Equal(t, time.Second, time.Since(start))
			})
		})
	}
}

// CPython: test_foreign_cancel_doesnt_timeout_if_not_expired, test_cancel_wait_for.
func TestCancelInsideATimeoutStaysACancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			ctx, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			<-ctx.Done()
			assert.Equal(t, context.Canceled, ctx.Err(), "it was not the timeout")
			return 0, context.Cause(ctx)
		})
		synctest.Wait()
		task.Cancel(errStop)
		_, err := task.Wait(t.Context())
		require.Equal(t, errStop, err)
		require.True(t, task.Cancelled())
	})
}

// CPython: test_foreign_exception_passed, test_foreign_exception_on_timeout.
func TestOtherErrorsPassThroughATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := tasks.Go(ctx, stubborn(2*time.Second, 0, errBoom)).Wait(t.Context())
		require.Equal(t, errBoom, err)
	})
}

// CPython: test_outer_task_is_not_cancelled, test_uncancel_structured_blocks.
func TestInnerTimeoutLeavesTheTaskAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := tasks.Go(t.Context(), func(ctx context.Context) (int, error) {
			limited, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			_, err := after(time.Hour, 0, nil)(limited)
			assert.Equal(t, context.DeadlineExceeded, err)
			return after(time.Second, 42, nil)(ctx)
		})
		value, err := task.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 42, value)
	})
}
