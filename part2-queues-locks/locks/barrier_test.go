package locks_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// The names in comments are those of CPython 3.13, test_asyncio/test_locks.py, class BarrierTests.

// arrive begins a Wait that must get this index if it is in a complete round.
func arrive(t *testing.T, b *locks.Barrier, ctx context.Context, want int) call { //nolint:revive // t comes first
	t.Helper()
	return start(func() error {
		index, err := b.Wait(ctx)
		if err != nil {
			want = -1
		}
		assert.Equal(t, want, index)
		return err
	})
}

// test_barrier_parties
func TestBarrierForNoPartyPanics(t *testing.T) {
	require.PanicsWithValue(t, "locks: a Barrier for 0 parties", func() { locks.NewBarrier(0) })
	require.PanicsWithValue(t, "locks: a Barrier for -5 parties", func() { locks.NewBarrier(-5) })
	var zero locks.Barrier
	require.PanicsWithValue(t, "locks: Barrier not made by NewBarrier", func() { _, _ = zero.Wait(t.Context()) })
}

// test_filling_one_task, test_filling_one_task_twice
func TestBarrierForOnePartyDoesNotWait(t *testing.T) {
	b := locks.NewBarrier(1)
	for range 3 {
		index, err := b.Wait(t.Context())
		require.NoError(t, err)
		require.Zero(t, index)
	}
}

// test_filling_task_by_task
func TestBarrierHoldsUpAllUntilTheLastArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := locks.NewBarrier(3)
		begin := time.Now()
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				_, err := b.Wait(t.Context())
				if assert.NoError(t, err) {
					assert.Equal(t, 2*time.Second, time.Since(begin), "all leave when the last arrives")
				}
			})
		}
		wg.Wait()
	})
}

// test_filling_tasks_check_return_value, test_filling_tasks_wait_twice
func TestEveryRoundGivesEachIndexOnceInTheOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := locks.NewBarrier(5)
		for range 3 {
			var round []call
			for i := range 5 {
				round = append(round, arrive(t, b, t.Context(), i))
			}
			for _, party := range round {
				party.returns(t, nil, "the round is complete")
			}
		}
	})
}

// test_blocking_tasks_while_draining, test_draining_state
func TestNewcomersWaitForTheNextRoundWhileTheLastOneLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 100 {
			b := locks.NewBarrier(3)
			first, second := arrive(t, b, t.Context(), 0), arrive(t, b, t.Context(), 1)
			third := make(chan struct{})
			go func() {
				defer close(third)
				_, err := b.Wait(t.Context()) // completes the round,
				assert.NoError(t, err)
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errWhy)
				defer cancel()
				_, err = b.Wait(ctx) // and comes again before the others have run
				assert.Equal(t, errWhy, err, "the next round is not complete")
			}()
			first.returns(t, nil, "the round is complete")
			second.returns(t, nil, "the round is complete")
			<-third
		}
	})
}

// Here asyncio has no test, and gives an index twice: the newcomer gets the number of parties that wait.
func TestPartyThatGivesUpFreesItsIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := locks.NewBarrier(3)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		leaver := arrive(t, b, ctx, -1)
		first := arrive(t, b, t.Context(), 0)
		cancel(errWhy)
		leaver.returns(t, errWhy, "its ctx has ended")
		second := arrive(t, b, t.Context(), 1)
		second.waits(t, "two are there, not three")
		arrive(t, b, t.Context(), 2).returns(t, nil, "complete")
		first.returns(t, nil, "complete")
		second.returns(t, nil, "complete")
	})
}

// test_filling_tasks_cancel_one
func TestPartyThatGivesUpDoesNotBreakTheBarrier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := locks.NewBarrier(2)
		begin := time.Now()
		ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, errWhy)
		defer cancel()
		index, err := b.Wait(ctx)
		require.Equal(t, errWhy, err)
		require.Equal(t, -1, index, "no index without a round")
		require.Equal(t, 3*time.Second, time.Since(begin))

		first := arrive(t, b, t.Context(), 0)
		first.waits(t, "the one that gave up does not count")
		arrive(t, b, t.Context(), 1).returns(t, nil, "complete")
		first.returns(t, nil, "complete")
	})
}

func TestPartyWhoseCtxEndedIsNotCountedThoughItHasNotLeftYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 100 {
			b := locks.NewBarrier(2)
			ctx, cancel := context.WithCancelCause(t.Context())
			leaver := arrive(t, b, ctx, -1)
			cancel(errWhy) // it has not run since
			first := start(func() error { _, err := b.Wait(t.Context()); return err })
			leaver.returns(t, errWhy, "its ctx ended before the round was complete")
			first.waits(t, "it is alone")
			arrive(t, b, t.Context(), 1).returns(t, nil, "complete")
			first.returns(t, nil, "complete")
		}
	})
}

func TestCompleteRoundStandsWhateverEndsAfterwards(t *testing.T) {
	end := map[string]func(*locks.Barrier, context.CancelCauseFunc){
		"ctx":   func(_ *locks.Barrier, cancel context.CancelCauseFunc) { cancel(errWhy) },
		"Reset": func(b *locks.Barrier, _ context.CancelCauseFunc) { b.Reset() },
		"Abort": func(b *locks.Barrier, _ context.CancelCauseFunc) { b.Abort() },
	}
	for name, end := range end {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for range 100 { // the first finds several things ready, and must not leave to chance which one it takes
					b := locks.NewBarrier(2)
					ctx, cancel := context.WithCancelCause(t.Context())
					first := arrive(t, b, ctx, 0)
					index, err := b.Wait(t.Context())
					end(b, cancel) // the first has not run since
					require.NoError(t, err)
					require.Equal(t, 1, index)
					first.returns(t, nil, "the round was complete before")
					cancel(nil)
				}
			})
		})
	}
}

func TestBarrierWaitOnAnEndedCtxTakesNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := locks.NewBarrier(2)
		first := arrive(t, b, t.Context(), 0)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errWhy)
		arrive(t, b, ctx, -1).returns(t, errWhy, "it need not have waited, but ctx has ended")
		first.waits(t, "no other party has arrived")

		b.Abort()
		first.returns(t, locks.ErrBroken, "aborted")
		arrive(t, b, ctx, -1).returns(t, errWhy, "an ended ctx wins over a broken barrier")
	})
}

func TestEndedCtxWinsOverABarrierThatBreaksAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 100 {
			b := locks.NewBarrier(2)
			ctx, cancel := context.WithCancelCause(t.Context())
			party := arrive(t, b, ctx, -1)
			cancel(errWhy)
			b.Abort()
			party.returns(t, errWhy, "ctx ended first")
		}
	})
}

// test_reset_barrier, test_reset_barrier_while_tasks_waiting, test_reset_barrier_while_tasks_waiting_and_waiting_again
func TestResetBreaksTheRoundAndLeavesTheBarrierUsable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := locks.NewBarrier(3)
		b.Reset() // no party waits: no effect
		first, second := arrive(t, b, t.Context(), -1), arrive(t, b, t.Context(), -1)
		b.Reset()
		first.returns(t, locks.ErrBroken, "reset")
		second.returns(t, locks.ErrBroken, "reset")

		round := []call{arrive(t, b, t.Context(), 0), arrive(t, b, t.Context(), 1)}
		round[1].waits(t, "those of before do not count")
		round = append(round, arrive(t, b, t.Context(), 2))
		for _, party := range round {
			party.returns(t, nil, "complete")
		}
	})
}

// test_abort_barrier, test_abort_barrier_when_exception_then_resetting
func TestAbortedBarrierIsBrokenUntilReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := locks.NewBarrier(2)
		first := arrive(t, b, t.Context(), -1)
		b.Abort()
		first.returns(t, locks.ErrBroken, "aborted")
		arrive(t, b, t.Context(), -1).returns(t, locks.ErrBroken, "still broken")
		b.Abort()
		arrive(t, b, t.Context(), -1).returns(t, locks.ErrBroken, "still broken")

		b.Reset()
		first = arrive(t, b, t.Context(), 0)
		first.waits(t, "usable again")
		arrive(t, b, t.Context(), 1).returns(t, nil, "complete")
		first.returns(t, nil, "complete")
	})
}

// This one is for the race detector: each party reads what the others wrote before they arrived.
func TestEachWaitHappensBeforeAllReturn(t *testing.T) {
	b := locks.NewBarrier(4)
	var wrote [4]int
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for round := range 500 {
				wrote[i] = round
				if _, err := b.Wait(t.Context()); assert.NoError(t, err) {
					assert.Equal(t, [4]int{round, round, round, round}, wrote)
				}
				_, err := b.Wait(t.Context())
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
}
