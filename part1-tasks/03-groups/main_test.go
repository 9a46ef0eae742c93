package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

var errFull = errors.New("full")

// a fn for the package tasks that gives value, or errFull, after d.
func after(d time.Duration, value string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if err := lesson.Pause(ctx, d); err != nil {
			return "", err
		}
		if value == "" {
			return "", errFull
		}
		return value, nil
	}
}

// The page says that waiting for endless workers never returns, as in the article's second listing.
func TestWaitingForEndlessWorkersNeverReturns(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var workers sync.WaitGroup
		for range 3 {
			workers.Go(func() { work(ctx, slog.New(slog.DiscardHandler), time.Second) })
		}
		var returned atomic.Bool
		var waiter sync.WaitGroup
		waiter.Go(func() {
			workers.Wait()
			returned.Store(true)
		})
		time.Sleep(time.Hour)
		assert.False(t, returned.Load())
		cancel()
		waiter.Wait()
	})
}

// In each round every loop says one line; in which order is the scheduler's choice.
func TestFiveLoopsSayFiveLinesARound(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 4500*time.Millisecond)
		defer cancel()
		var mu sync.Mutex // guards rounds
		rounds := make(map[time.Duration][]int)
		start := time.Now()
		var loops sync.WaitGroup
		for i := range 5 {
			loops.Go(func() {
				for lesson.Pause(ctx, time.Second) == nil {
					mu.Lock()
					at := time.Since(start)
					rounds[at] = append(rounds[at], i)
					mu.Unlock()
				}
			})
		}
		loops.Wait()
		assert.Len(t, rounds, 4)
		for at, round := range rounds {
			assert.ElementsMatch(t, []int{0, 1, 2, 3, 4}, round, "at %v", at)
		}
	})
}

// The page says that errgroup's Wait returns when all have ended, not at the first error.
func TestAnErrgroupWaitsForTheCleanUpOfTheOthers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		g, ctx := errgroup.WithContext(t.Context())
		g.Go(func() error {
			time.Sleep(time.Second)
			return errFull
		})
		g.Go(func() error {
			<-ctx.Done()
			time.Sleep(500 * time.Millisecond)
			return ctx.Err()
		})
		assert.Equal(t, errFull, g.Wait())
		assert.Equal(t, 1500*time.Millisecond, time.Since(start))
		assert.Equal(t, errFull, context.Cause(ctx), "the others can see why")
	})
}

// The page says that with a limit, Go waits until there is room.
func TestSetLimitMakesGoWait(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var g errgroup.Group
		g.SetLimit(2)
		for range 3 {
			g.Go(func() error {
				time.Sleep(time.Second)
				return nil
			})
		}
		assert.Equal(t, time.Second, time.Since(start), "the third Go waited for the first to end")
		assert.NoError(t, g.Wait())
	})
}

// The page names what the package tasks adds: each of these is a group in one call.
func TestGatherReturnsValuesInOrderOrTheFirstError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		values, err := tasks.Gather(t.Context(), after(3*time.Second, "A"), after(time.Second, "B"))
		require.NoError(t, err)
		assert.Equal(t, []string{"A", "B"}, values)

		start := time.Now()
		_, err = tasks.Gather(t.Context(), after(time.Hour, "flight"), after(time.Second, ""))
		assert.Equal(t, errFull, err)
		assert.Equal(t, time.Second, time.Since(start), "the flight was cancelled")
	})
}

func TestGatherAllKeepsErrorsBesideTheValues(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		answers := tasks.GatherAll(t.Context(), after(3*time.Second, "A"), after(time.Second, ""), after(2*time.Second, "C"))
		assert.Equal(t, []tasks.Outcome[string]{{Index: 0, Value: "A"}, {Index: 1, Err: errFull}, {Index: 2, Value: "C"}}, answers)
	})
}

func TestAsCompletedComesInTheOrderOfFinishing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var order []int
		for answer := range tasks.AsCompleted(t.Context(), after(3*time.Second, "A"), after(time.Second, ""), after(2*time.Second, "C")) {
			order = append(order, answer.Index)
		}
		assert.Equal(t, []int{1, 2, 0}, order)
	})
}
