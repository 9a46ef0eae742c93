package main

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// That is why the story starts its workers 100 ms apart.
func TestGoroutinesStartedTogetherDoNotComeInOrder(t *testing.T) {
	for range 100_000 {
		var lock locks.Lock
		var workers sync.WaitGroup
		var served []int // guarded by lock
		for n := range 3 {
			workers.Go(func() {
				if assert.NoError(t, lock.Acquire(t.Context())) {
					served = append(served, n)
					lock.Release()
				}
			})
		}
		workers.Wait()
		require.ElementsMatch(t, []int{0, 1, 2}, served)
		if served[0] != 0 {
			return
		}
	}
	t.Error("worker 0 was always first")
}

func TestAMutexLetsItsLastHolderOvertakeAWaiterAndALockDoesNot(t *testing.T) {
	overtook := false
	for n := 0; n < 10_000 && !overtook; n++ {
		var mu sync.Mutex
		var waiter sync.WaitGroup
		mu.Lock()
		waiter.Go(func() { mu.Lock(); defer mu.Unlock() })
		time.Sleep(100 * time.Microsecond) // by then it waits, as a rule
		mu.Unlock()
		if overtook = mu.TryLock(); overtook {
			mu.Unlock()
		}
		waiter.Wait()
	}
	require.True(t, overtook, "the goroutine that unlocks is running, and the waiter must wake up first")

	lesson.Bubble(t, func(t *testing.T) {
		var lock locks.Lock
		require.True(t, lock.TryAcquire())
		var waiter sync.WaitGroup
		waiter.Go(func() {
			if assert.NoError(t, lock.Acquire(t.Context())) {
				lock.Release()
			}
		})
		time.Sleep(time.Second)
		lock.Release()
		require.False(t, lock.TryAcquire(), "the waiter has it, although it has not run yet")
		waiter.Wait()
	})
}

// In asyncio `answers += await count()` loses updates: it reads first, then waits. So does this, whatever guards each step.
func TestAReadAnAwaitAndAWriteLoseUpdatesAlsoWithAtomics(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var answers atomic.Int64
		var workers sync.WaitGroup
		for range 3 {
			workers.Go(func() {
				old := answers.Load()
				time.Sleep(time.Second) // the await
				answers.Store(old + 1)
			})
		}
		workers.Wait()
		require.EqualValues(t, 1, answers.Load(), "three have added 1")
	})
}

func TestAChannelOfOneMayBeTakenOnAnEndedCtxAndALockMayNot(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	taken := false
	for n := 0; n < 10_000 && !taken; n++ {
		lock := make(chan struct{}, 1)
		select {
		case lock <- struct{}{}:
			taken = true
		case <-ctx.Done():
		}
	}
	require.True(t, taken, "of two ready cases select takes either")

	var lock locks.Lock
	require.ErrorIs(t, lock.Acquire(ctx), context.Canceled)
	require.False(t, lock.Locked())
}

func TestVirtualTimeStandsStillWhileAGoroutineWaitsForAMutex(t *testing.T) {
	var mu sync.Mutex
	var slept atomic.Bool
	rescue := time.AfterFunc(100*time.Millisecond, func() { // in real time
		assert.False(t, slept.Load(), "a second in a bubble takes no time, unless a goroutine waits for a Mutex")
		mu.Unlock() // in place of the sleeper
	})
	defer rescue.Stop()
	lesson.Bubble(t, func(*testing.T) {
		var both sync.WaitGroup
		mu.Lock()
		both.Go(func() { time.Sleep(time.Second); slept.Store(true) }) // holds mu
		both.Go(func() { mu.Lock() })                                  // waits for it
		both.Wait()
	})
	require.True(t, slept.Load())
}
