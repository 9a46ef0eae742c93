package main

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

var errTired = errors.New("tired")

func TestPhasesNeedNoBarrierWhereEachHasGoroutinesOfItsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var began []time.Duration
		work := func(part int) { time.Sleep(time.Duration(part) * time.Second) }
		const parts = 3

		for range 2 {
			began = append(began, time.Since(start))
			var phase sync.WaitGroup
			for part := range parts {
				phase.Go(func() { work(part) })
			}
			phase.Wait()
		}
		assert.Equal(t, []time.Duration{0, 2 * time.Second}, began, "the second phase begins when the slowest has ended the first")
	})
}

func TestAWaitGroupIsABarrierForOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var missing, all sync.WaitGroup
		missing.Add(3)
		for i := range 3 {
			all.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				missing.Done()
				missing.Wait()
				assert.Equal(t, 2*time.Second, time.Since(start), "all go on when the last one is there")
			})
		}
		all.Wait()
	})
}

// rounds is a barrier for many rounds; no goroutine can give up.
type rounds struct {
	parties int

	mu   sync.Mutex // guards the below
	here int
	over chan struct{} // closed when this round is complete
}

func (r *rounds) wait() {
	r.mu.Lock()
	over := r.over
	if r.here++; r.here == r.parties {
		close(over)
		r.here, r.over = 0, make(chan struct{})
	}
	r.mu.Unlock()
	<-over
}

func TestAChannelForEachRoundKeepsTheRoundsApart(t *testing.T) {
	r := rounds{parties: 3, over: make(chan struct{})}
	var count [3]int
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			for n := range 100 {
				count[i]++
				r.wait()
				assert.Equal(t, [3]int{n + 1, n + 1, n + 1}, count)
				r.wait() // all have looked
			}
		})
	}
	all.Wait()
}

// arrive calls Wait on a goroutine of its own and returns when it waits, or has
// returned.
func arrive(ctx context.Context, b *locks.Barrier) (index *int, err *error) {
	index, err = new(int), new(error)
	go func() { *index, *err = b.Wait(ctx) }()
	synctest.Wait()
	return index, err
}

// In asyncio two tasks get index 1 here, and none gets 0.
func TestAfterOneHasGivenUpEachIndexIsStillGivenOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := locks.NewBarrier(3)
		ctx, giveUp := context.WithCancelCause(t.Context())
		_, gaveUp := arrive(ctx, b)
		ben, _ := arrive(t.Context(), b)
		giveUp(errTired)
		carla, _ := arrive(t.Context(), b)
		dora, err := b.Wait(t.Context())
		require.NoError(t, err, "a waiter that gives up does not break the barrier")
		synctest.Wait()
		require.Equal(t, errTired, *gaveUp)
		assert.Equal(t, []int{0, 1, 2}, []int{*ben, *carla, dora})
	})
}

func TestACallThatComesWhileTheLastRoundIsLeavingIsInTheNext(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := locks.NewBarrier(2)
		first, _ := arrive(t.Context(), b)
		_, err := b.Wait(t.Context()) // completes the round, and the first has not run since
		require.NoError(t, err)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errTired)
		defer cancel()
		_, err = b.Wait(ctx)
		assert.Equal(t, errTired, err, "alone in the next round")
		synctest.Wait()
		assert.Zero(t, *first)
	})
}

// In asyncio the cancelled task gets a CancelledError, although the other task has counted it.
func TestARoundThatIsCompleteStands(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := locks.NewBarrier(2)
		ctx, cancel := context.WithCancel(t.Context())
		_, first := arrive(ctx, b)
		_, second := b.Wait(t.Context())
		cancel() // the first has not run since
		synctest.Wait()
		require.NoError(t, second)
		assert.NoError(t, *first)
	})
}

func TestResetBreaksTheRoundAndNotTheBarrier(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := locks.NewBarrier(2)
		_, first := arrive(t.Context(), b)
		b.Reset()
		synctest.Wait()
		require.ErrorIs(t, *first, locks.ErrBroken)
		_, second := arrive(t.Context(), b)
		_, third := b.Wait(t.Context())
		synctest.Wait()
		require.NoError(t, third)
		assert.NoError(t, *second)
	})
}
