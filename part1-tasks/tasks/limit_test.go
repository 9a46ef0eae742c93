package tasks_test

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// A meter counts how many run at once.
type meter struct {
	now, all atomic.Int32
	mu       sync.Mutex // guards most
	most     int32
}

// counted returns fn, counted.
func counted[T any](m *meter, fn func(context.Context) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		m.all.Add(1)
		now := m.now.Add(1)
		defer m.now.Add(-1)
		m.mu.Lock()
		m.most = max(m.most, now)
		m.mu.Unlock()
		return fn(ctx)
	}
}

func TestGroupRunsNoMoreThanItsLimitAtOnce(t *testing.T) {
	for limit, want := range map[int]time.Duration{1: 6 * time.Second, 2: 3 * time.Second, 4: 2 * time.Second, 6: time.Second, -1: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var m meter
			g, _ := tasks.NewGroup(t.Context())
			g.SetLimit(3)
			g.SetLimit(limit) // the last one counts
			for range 6 {
				require.NoError(t, g.Go(child(counted(&m, after(time.Second, 0, nil)))))
			}
			require.NoError(t, g.Wait())
			require.Equal(t, want, time.Since(start))
			if limit > 0 {
				require.EqualValues(t, limit, m.most)
			}
		})
	}
}

func TestGoWaitsForAPlaceInTheOrderInWhichItWasCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		g.SetLimit(1)
		var began []int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				assert.NoError(t, g.Go(func(context.Context) error {
					mu.Lock()
					defer mu.Unlock()
					began = append(began, i)
					time.Sleep(time.Second)
					return nil
				}))
			})
			synctest.Wait()
		}
		wg.Wait()
		require.NoError(t, g.Wait())
		require.Equal(t, []int{0, 1, 2, 3, 4}, began)
	})
}

// A place is free again however the function ended.
func TestPlaceIsFreeAgainAfterGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		g.SetLimit(1)
		require.NoError(t, g.Go(func(context.Context) error { runtime.Goexit(); return nil }))
		require.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed, "Goexit is a failure")
		require.Error(t, g.Wait())

		limited := tasks.Limit(1, func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }, after(time.Second, 2, nil))
		outcomes := tasks.GatherAll(t.Context(), limited...)
		require.Equal(t, tasks.Outcome[int]{Index: 1, Value: 2}, outcomes[1])
	})
}

// However the group ends, a Go that waits for a place returns, its function never runs, and Wait does not wait in vain.
func TestGoThatWaitsForAPlaceIsRefusedWhenTheGroupEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		first func(g *tasks.Group, cancel context.CancelCauseFunc) error // ends the group after a second
		want  error
	}{
		"by a failure":        {func(*tasks.Group, context.CancelCauseFunc) error { return errBoom }, errBoom},
		"by Cancel":           {func(g *tasks.Group, _ context.CancelCauseFunc) error { g.Cancel(errStop); return nil }, nil},
		"by Cancel, reported": {func(g *tasks.Group, _ context.CancelCauseFunc) error { g.Cancel(errStop); return errStop }, nil},
		"by its parent":       {func(_ *tasks.Group, cancel context.CancelCauseFunc) error { cancel(errStop); return nil }, errStop},
		"by Cancel and a straggler": {func(g *tasks.Group, _ context.CancelCauseFunc) error {
			g.Cancel(nil)
			time.Sleep(time.Second)
			return nil
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				parent, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				g, _ := tasks.NewGroup(parent)
				g.SetLimit(1)
				require.NoError(t, g.Go(func(context.Context) error {
					time.Sleep(time.Second)
					return tt.first(g, cancel)
				}))
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						assert.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed) //nolint:testifylint // not on the test's goroutine
						assert.Equal(t, time.Second, time.Since(start), "it must be refused at once")
					})
				}
				synctest.Wait()
				err := g.Wait()
				if tt.want == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, tt.want)
				}
				wg.Wait()
			})
		})
	}
}

// Wait began when only one function ran; those whose Go waits belong to the group too.
func TestWaitWaitsForFunctionsWhoseGoWaitsForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		g.SetLimit(1)
		require.NoError(t, g.Go(child(after(time.Second, 0, nil))))
		for range 2 {
			go func() { assert.NoError(t, g.Go(child(after(time.Second, 0, nil)))) }()
		}
		synctest.Wait()
		require.NoError(t, g.Wait())
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

// With one place, the child that adds another one holds it.
func TestChildThatWaitsForItsOwnPlaceIsFreedByCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := tasks.NewGroup(t.Context())
		g.SetLimit(1)
		require.NoError(t, g.Go(func(context.Context) error {
			assert.ErrorIs(t, g.Go(func(context.Context) error { panic("started") }), tasks.ErrClosed)
			return nil
		}))
		time.AfterFunc(time.Second, func() { g.Cancel(nil) })
		require.NoError(t, g.Wait())
	})
}

// Under load: no function runs in a group whose Go said no, none is lost, and the limit holds.
func TestLimitHoldsWhileTheGroupEndsAtAnyMoment(t *testing.T) {
	for i := range 300 {
		var m meter
		var taken atomic.Int32
		g, ctx := tasks.NewGroup(t.Context())
		g.SetLimit(2)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 5 {
					if err := g.Go(child(counted(&m, func(ctx context.Context) (int, error) { runtime.Gosched(); return 0, ctx.Err() }))); err == nil {
						taken.Add(1)
					}
				}
			})
		}
		for range i % 20 {
			runtime.Gosched()
		}
		g.Cancel(errStop)
		require.NoError(t, g.Wait())
		wg.Wait()
		require.Equal(t, context.Canceled, ctx.Err())
		require.Equal(t, taken.Load(), m.all.Load(), "where Go returned nil, the function runs, and nowhere else")
		require.LessOrEqual(t, m.most, int32(2))
	}
}

func TestLimitLetsNoMoreThanNRunAtOnce(t *testing.T) {
	for n, want := range map[int]time.Duration{1: 5 * time.Second, 2: 3 * time.Second, 5: time.Second, 9: time.Second} {
		calls := map[string]func(ctx context.Context, fns []func(context.Context) (int, error)){
			"Gather": func(ctx context.Context, fns []func(context.Context) (int, error)) {
				values, err := tasks.Gather(ctx, fns...)
				require.NoError(t, err)
				require.Equal(t, []int{0, 1, 2, 3, 4}, values)
			},
			"GatherAll": func(ctx context.Context, fns []func(context.Context) (int, error)) {
				require.Len(t, tasks.GatherAll(ctx, fns...), 5)
			},
			"AsCompleted": func(ctx context.Context, fns []func(context.Context) (int, error)) {
				for range 2 { // each loop runs the functions anew
					require.Len(t, slices.Collect(tasks.AsCompleted(ctx, fns...)), 5)
				}
			},
		}
		for name, call := range calls {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					start := time.Now()
					var m meter
					var fns []func(context.Context) (int, error)
					for i := range 5 {
						fns = append(fns, counted(&m, after(time.Second, i, nil)))
					}
					call(t.Context(), tasks.Limit(n, fns...))
					rounds := int(m.all.Load()) / 5
					require.Equal(t, want, time.Since(start)/time.Duration(rounds))
					require.EqualValues(t, min(n, 5), m.most)
				})
			})
		}
	}
}

func TestFunctionThatWaitsForAPlaceIsNotCalledOnceItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		var m meter
		fn := counted(&m, stubborn(3*time.Second, 42, nil))
		outcomes := tasks.GatherAll(ctx, tasks.Limit(1, fn, fn, fn)...)
		require.EqualValues(t, 1, m.all.Load())
		refused := 0
		for _, o := range outcomes {
			if o.Err != nil {
				refused++
				require.Equal(t, errStop, o.Err)
			}
		}
		require.Equal(t, 2, refused)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

// The place of the function that failed is free before Gather has its error: the next function may have begun.
func TestFirstErrorOfALimitedGatherKeepsTheRestFromBeginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		fails := func(context.Context) (int, error) { time.Sleep(time.Second); return 0, errBoom }
		_, err := tasks.Gather(t.Context(), tasks.Limit(1, slices.Repeat([]func(context.Context) (int, error){fails}, 10)...)...)
		require.Equal(t, errBoom, err)
		require.LessOrEqual(t, time.Since(start), 2*time.Second)
	})
}

// The place is given back, and the next function has it.
func TestPlaceOfAFunctionWhoseContextEndedGoesToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		limited := tasks.Limit(1,
			func(context.Context) (int, error) { <-release; return 1, nil },
			func(context.Context) (int, error) { panic("started") },
			after(0, 3, nil))
		first := tasks.Go(t.Context(), limited[0])
		synctest.Wait()
		ctx := &ahead{Context: t.Context()} // its end does not wake the second, the place does
		errc := make(chan error, 1)
		go func() { _, err := limited[1](ctx); errc <- err }()
		synctest.Wait()
		third := tasks.Go(t.Context(), limited[2])
		synctest.Wait()
		ctx.ended.Store(true)
		close(release)
		require.Equal(t, context.Canceled, <-errc)
		value, err := third.Wait(t.Context())
		require.NoError(t, err)
		require.Equal(t, 3, value)
		<-first.Done()
	})
}

func TestPlaceIsNotTakenOnAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	for range 100 { // select would choose at random
		_, err := tasks.Limit(1, func(context.Context) (int, error) { panic("started") })[0](ctx)
		require.Equal(t, errStop, err)
	}
}

func TestMisuseOfLimitPanicsAtTheCaller(t *testing.T) {
	require.PanicsWithValue(t, "tasks: Limit of 0", func() { tasks.Limit(0, after(0, 1, nil)) })
	require.PanicsWithValue(t, "tasks: Limit of a nil function", func() { tasks.Limit[int](1, nil) })
	require.Empty(t, tasks.Limit[int](1))
}

func TestRaceFuncIsCalledWithTheValuesThatCameTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var late []int
		winner, err := tasks.RaceFunc(t.Context(), func(value int) {
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			late = append(late, value)
		}, stubborn(2*time.Second, 1, nil), after(time.Second, 2, nil), stubborn(3*time.Second, 3, nil), stubborn(2*time.Second, 4, errBoom), after(time.Hour, 5, nil))
		require.NoError(t, err)
		require.Equal(t, tasks.Outcome[int]{Index: 1, Value: 2}, winner)
		require.Equal(t, []int{1, 3}, late, "what came with an error, or was canceled, has no value to close")
		require.Equal(t, 4*time.Second, time.Since(start), "the last call of late must have returned")
	})
}

func TestOfManyThatSucceedAtOnceAllButOneAreLate(t *testing.T) {
	for range 200 {
		var late atomic.Int32
		fns := slices.Repeat([]func(context.Context) (int32, error){func(context.Context) (int32, error) { return 1, nil }}, 8)
		_, err := tasks.RaceFunc(t.Context(), func(n int32) { late.Add(n) }, fns...)
		require.NoError(t, err)
		require.EqualValues(t, 7, late.Load())
	}
}

func TestRaceFuncThatAllLoseHasNothingToClose(t *testing.T) {
	_, err := tasks.RaceFunc(t.Context(), func(int) { t.Error("called") }, after(0, 1, errBoom), after(0, 2, errCleanUp))
	require.Equal(t, []error{errBoom, errCleanUp}, failures(t, err))
}

// Goexit in late ends its goroutine and no more.
func TestGoexitOfLateDoesNotHoldUpTheRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		winner, err := tasks.RaceFunc(t.Context(), func(int) { runtime.Goexit() }, after(time.Second, 1, nil), stubborn(2*time.Second, 2, nil))
		require.NoError(t, err)
		require.Equal(t, tasks.Outcome[int]{Index: 0, Value: 1}, winner)
	})
}

func TestMisuseOfRaceFuncPanicsAtTheCaller(t *testing.T) {
	drop := func(int) {}
	require.PanicsWithValue(t, "tasks: RaceFunc with a nil function for late values", func() { _, _ = tasks.RaceFunc(t.Context(), nil, after(0, 1, nil)) })
	require.PanicsWithValue(t, "tasks: RaceFunc of no functions", func() { _, _ = tasks.RaceFunc(t.Context(), drop) })
	require.PanicsWithValue(t, "tasks: RaceFunc of a nil function", func() { _, _ = tasks.RaceFunc(t.Context(), drop, nil) })
	var none context.Context
	require.PanicsWithValue(t, "tasks: RaceFunc with a nil context", func() { _, _ = tasks.RaceFunc(none, drop, after(0, 1, nil)) })
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errStop)
	_, err := tasks.RaceFunc(ctx, drop, func(context.Context) (int, error) { panic("started") })
	require.ErrorIs(t, err, errStop)
}

func TestNegativeLimitIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		g, _ := tasks.NewGroup(t.Context())
		g.SetLimit(1)
		g.SetLimit(-1) // takes the limit away again
		for range 10 {
			require.NoError(t, g.Go(child(after(time.Second, 0, nil))))
		}
		require.NoError(t, g.Wait())
		require.Equal(t, time.Second, time.Since(start), "all ten must run at once")
	})
}
