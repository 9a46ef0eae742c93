package supervisor_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

// aiotools: shutdown and aclose, called by one of their own children, never return.
func TestTaskThatStopsItsSupervisorWaitsForTheOthersOnly(t *testing.T) {
	contexts := map[string]func(ctx context.Context) context.Context{
		"its own":              func(ctx context.Context) context.Context { return ctx },
		"derived, a value":     func(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, "value") },
		"derived, no cancel":   context.WithoutCancel,
		"derived, of a type":   func(ctx context.Context) context.Context { return wrapped{ctx} },
		"derived, own channel": func(ctx context.Context) context.Context { return newForeign(ctx) },
	}
	for name, derive := range contexts {
		for what, cause := range map[string]error{"nil": nil, "given": errUpdate, "uncomparable": fieldsError{"name"}} {
			t.Run(name+"/cause "+what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					start := time.Now()
					s, c := collecting(t.Context())
					require.NoError(t, s.Go("other", func(ctx context.Context) error {
						<-ctx.Done()
						time.Sleep(2 * time.Second)
						return errCleanUp
					}))
					require.NoError(t, s.Go("stops", func(ctx context.Context) error {
						time.Sleep(time.Second)
						assert.NoError(t, s.Stop(derive(ctx), cause), "the cancellation that Stop brings must not end it")
						assert.Equal(t, 3*time.Second, time.Since(start))
						assert.Equal(t, []string{"stops"}, s.Running())
						assert.Len(t, c.failures(), 1, "the failures of the others were handed on")
						time.Sleep(time.Second)
						return ctx.Err()
					}))
					require.NoError(t, s.Wait(t.Context()))
					require.Equal(t, 4*time.Second, time.Since(start), "everybody else waits for the task that stops, too")
					require.Len(t, c.failures(), 1)
				})
			})
		}
	}
}

type wrapped struct{ context.Context } //nolint:containedctx // this is a context

// A foreign context has a channel of its own, which ends some time after that of the context inside.
type foreign struct {
	context.Context //nolint:containedctx // this is a context
	done            chan struct{}
}

func newForeign(ctx context.Context) foreign {
	f := foreign{ctx, make(chan struct{})}
	context.AfterFunc(ctx, func() { close(f.done) })
	return f
}

func (f foreign) Done() <-chan struct{} { return f.done }

func TestTaskThatIsAloneStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("stops", func(ctx context.Context) error {
			return s.Stop(ctx, nil)
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.Empty(t, c.failures())
	})
}

func TestStopWithAContextOfAnotherKindWaitsForItsCallerToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		limited, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, s.Go("stops", func(context.Context) error {
			return s.Stop(limited, nil)
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, []supervisor.Failure{{
			Task: "stops", Err: &supervisor.StopError{Running: []string{"stops"}, Cause: context.DeadlineExceeded},
		}}, c.failures())
	})
}

func TestDeadlineBoundsTheWaitOfATask(t *testing.T) {
	limits := map[string]func(ctx context.Context) (context.Context, context.CancelFunc){
		"derived": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 2*time.Second)
		},
		"derived twice": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
			inner, cancelInner := context.WithCancel(ctx)
			return inner, func() { cancelInner(); cancel() }
		},
		"without the task's cancellation": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		},
	}
	for name, limit := range limits {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s, c := collecting(t.Context())
				require.NoError(t, s.Go("stubborn", stubborn(time.Minute, nil)))
				require.NoError(t, s.Go("stops", func(ctx context.Context) error {
					limited, cancel := limit(ctx)
					defer cancel()
					err := s.Stop(limited, errUpdate)
					assert.Equal(t, &supervisor.StopError{Running: []string{"stubborn"}, Cause: context.DeadlineExceeded}, err,
						"it does not name itself")
					assert.Equal(t, 2*time.Second, time.Since(start))
					assert.NoError(t, s.Stop(ctx, nil), "and may stop again")
					assert.Equal(t, time.Minute, time.Since(start))
					return nil
				}))
				require.NoError(t, s.Wait(t.Context()))
				require.Empty(t, c.failures())
			})
		})
	}
}

func TestDeadlineOfTheContextGivenToNewBoundsTheWaitOfATask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		parent, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errBoom)
		defer cancel()
		s, _ := collecting(parent)
		require.NoError(t, s.Go("stubborn", stubborn(time.Minute, nil)))
		require.NoError(t, s.Go("stops", func(ctx context.Context) error {
			time.Sleep(time.Second)
			assert.Equal(t, &supervisor.StopError{Running: []string{"stubborn"}, Cause: context.DeadlineExceeded}, s.Stop(ctx, nil))
			assert.Equal(t, 2*time.Second, time.Since(start))
			return nil
		}))
		require.NoError(t, s.Wait(t.Context()))
	})
}

func TestDeadlineOfTheContextGivenToNewThatIsOverEndsTheWaitOfATask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		parent, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBoom)
		defer cancel()
		s, _ := collecting(parent)
		require.NoError(t, s.Go("stubborn", stubborn(time.Minute, nil)))
		require.NoError(t, s.Go("stops", func(ctx context.Context) error {
			<-ctx.Done()
			assert.Equal(t, &supervisor.StopError{Running: []string{"stubborn"}, Cause: errBoom}, s.Stop(ctx, nil))
			assert.Equal(t, time.Second, time.Since(start))
			return nil
		}))
		require.NoError(t, s.Wait(t.Context()))
	})
}

func TestTaskOfACancelledSupervisorStillWaitsForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		parent, cancel := context.WithCancelCause(t.Context())
		s, c := collecting(parent)
		require.NoError(t, s.Go("other", stubborn(3*time.Second, nil)))
		require.NoError(t, s.Go("stops", func(ctx context.Context) error {
			<-ctx.Done()
			assert.NoError(t, s.Stop(ctx, nil))
			assert.Equal(t, 3*time.Second, time.Since(start))
			return nil
		}))
		time.Sleep(time.Second)
		cancel(errBoom)
		require.NoError(t, s.Wait(t.Context()))
		require.Empty(t, c.failures())
	})
}

func TestDerivedContextThatEndedOnItsOwnEndsTheWait(t *testing.T) {
	for name, cause := range map[string]error{"with another cause than Stop's": nil, "with the same cause": errBoom} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := collecting(t.Context())
				require.NoError(t, s.Go("other", stubborn(time.Minute, nil)))
				require.NoError(t, s.Go("stops", func(ctx context.Context) error {
					start := time.Now()
					derived, cancel := context.WithCancelCause(ctx)
					cancel(errBoom)
					err := s.Stop(derived, cause)
					assert.Equal(t, &supervisor.StopError{Running: []string{"other"}, Cause: errBoom}, err)
					assert.Zero(t, time.Since(start))
					assert.Error(t, ctx.Err(), "the supervisor was cancelled all the same")
					return nil
				}))
				require.NoError(t, s.Wait(t.Context()))
			})
		})
	}
}

func TestTasksThatStopDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, c := collecting(t.Context())
		for i := range 3 {
			require.NoError(t, s.Go("stops", func(ctx context.Context) error {
				time.Sleep(time.Duration(i+1) * time.Second)
				assert.NoError(t, s.Stop(ctx, nil))
				assert.Equal(t, 5*time.Second, time.Since(start), "the one that does not stop must be waited for")
				time.Sleep(time.Duration(i) * time.Second)
				return nil
			}))
		}
		require.NoError(t, s.Go("other", stubborn(5*time.Second, nil)))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 7*time.Second, time.Since(start))
		require.Empty(t, c.failures())
	})
}

func TestTwoTasksThatStopAndNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, _ := collecting(t.Context())
		for i := range 2 {
			require.NoError(t, s.Go("stops", func(ctx context.Context) error {
				time.Sleep(time.Duration(i+1) * time.Second)
				assert.NoError(t, s.Stop(ctx, nil))
				assert.Equal(t, 2*time.Second, time.Since(start))
				return nil
			}))
		}
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 2*time.Second, time.Since(start))
	})
}

func TestTaskThatGaveUpStoppingIsWaitedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("gives up", func(ctx context.Context) error {
			time.Sleep(time.Second)
			limited, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			err := s.Stop(limited, nil)
			assert.Equal(t, &supervisor.StopError{Running: []string{"other"}, Cause: context.DeadlineExceeded}, err,
				"it was not waiting for the one that waits itself")
			time.Sleep(4 * time.Second)
			return nil
		}))
		require.NoError(t, s.Go("waits", func(ctx context.Context) error {
			time.Sleep(time.Second)
			assert.NoError(t, s.Stop(ctx, nil))
			assert.Equal(t, 6*time.Second, time.Since(start), "a task that is no longer in Stop is waited for again")
			return nil
		}))
		require.NoError(t, s.Go("other", stubborn(3*time.Second, nil)))
		require.NoError(t, s.Wait(t.Context()))
	})
}

// A goroutine that a task has started may stop for it, and outlive it.
func TestStopThatOutlivesItsTaskWaitsForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("other", stubborn(2*time.Second, nil)))
		stopped := make(chan struct{}, 3)
		require.NoError(t, s.Go("leaves", func(ctx context.Context) error {
			for range 2 { // one task, however often
				go func() {
					assert.NoError(t, s.Stop(ctx, nil))
					assert.Equal(t, 2*time.Second, time.Since(start))
					stopped <- struct{}{}
				}()
			}
			go func() {
				time.Sleep(1500 * time.Millisecond) // the task has ended
				assert.NoError(t, s.Stop(ctx, nil))
				assert.Equal(t, 2*time.Second, time.Since(start))
				stopped <- struct{}{}
			}()
			time.Sleep(time.Second)
			return nil
		}))
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 2*time.Second, time.Since(start))
		for range 3 {
			<-stopped
		}
	})
}

func TestContextOfATaskThatHasEndedIsAnOrdinaryOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := collecting(t.Context())
		left := make(chan context.Context, 1)
		require.NoError(t, s.Go("leaves", func(ctx context.Context) error { left <- ctx; return nil }))
		require.NoError(t, s.Wait(t.Context()))
		require.NoError(t, s.Go("other", stubborn(2*time.Second, nil)))
		ctx := <-left
		start := time.Now()
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		err := s.Stop(limited, nil)
		require.Equal(t, &supervisor.StopError{Running: []string{"other"}, Cause: context.DeadlineExceeded}, err)
		require.Equal(t, time.Second, time.Since(start))
		require.NoError(t, s.Stop(ctx, nil), "the other one must be waited for")
		require.Equal(t, 2*time.Second, time.Since(start))
		require.NoError(t, s.Wait(t.Context()))
	})
}

func TestStopFromOutsideNamesTheTaskThatStopsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := collecting(t.Context())
		require.NoError(t, s.Go("other", stubborn(time.Minute, nil)))
		require.NoError(t, s.Go("stops", func(ctx context.Context) error { return s.Stop(ctx, nil) }))
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Equal(t, &supervisor.StopError{Running: []string{"other", "stops"}, Cause: context.DeadlineExceeded}, s.Stop(ctx, nil))
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

// A supervisor inside a task of another: its tasks are the outer task's affair, and may stop the outer supervisor.
func TestTaskOfAnInnerSupervisorCountsAsTheOuterTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		outer, c := collecting(t.Context())
		require.NoError(t, outer.Go("other", stubborn(2*time.Second, nil)))
		require.NoError(t, outer.Go("holds the inner", func(ctx context.Context) error {
			inner := supervisor.New(ctx)
			assert.NoError(t, inner.Go("stops", func(ctx context.Context) error {
				time.Sleep(time.Second)
				assert.NoError(t, outer.Stop(ctx, nil))
				assert.Equal(t, 2*time.Second, time.Since(start))
				return ctx.Err()
			}))
			return inner.Wait(context.WithoutCancel(ctx))
		}))
		require.NoError(t, outer.Wait(t.Context()))
		require.Equal(t, 2*time.Second, time.Since(start))
		require.Empty(t, c.failures())
	})
}

func TestTaskThatWaitsWaitsForItselfUntilItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := collecting(t.Context())
		require.NoError(t, s.Go("waits", func(ctx context.Context) error {
			return s.Wait(ctx)
		}))
		time.Sleep(time.Second)
		require.NoError(t, s.Stop(t.Context(), errUpdate), "it is cancelled like any other")
		require.Empty(t, c.failures())
	})
}
