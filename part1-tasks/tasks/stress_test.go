package tasks_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

// work takes up to 20 ms, may heed its context or not, may fail, and may have failing clean-up.
func work(seed uint64) func(context.Context) (uint64, error) {
	random := rand.New(rand.NewPCG(seed, 0))
	d := time.Duration(random.IntN(20)) * time.Millisecond
	var err error
	if random.IntN(8) == 0 {
		err = errBoom
	}
	if random.IntN(3) == 0 {
		return stubborn(d, seed, err)
	}
	fn := after(d, seed, err)
	if random.IntN(3) == 0 {
		return func(ctx context.Context) (uint64, error) {
			value, err := fn(ctx)
			if ctx.Err() != nil && err != nil {
				return value, errors.Join(err, errCleanUp)
			}
			return value, err
		}
	}
	return fn
}

// Many callers at once, at random; the race detector, the bubble (no goroutine left, no deadlock) and the outcomes are the judges.
func TestRandomUseHoldsWhatIsPromised(t *testing.T) {
	for round := range 30 {
		synctest.Test(t, func(t *testing.T) {
			seed := uint64(round)*1000 + rand.Uint64N(1000)
			random := rand.New(rand.NewPCG(seed, 1))
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Duration(5+random.IntN(40))*time.Millisecond, errStop)
			defer cancel()
			g, _ := tasks.NewGroup(ctx)
			var callbacks, tasksStarted atomic.Int32
			var wg sync.WaitGroup
			for i := range 20 {
				n := seed + uint64(i)
				pause := time.Duration(random.IntN(20)) * time.Millisecond
				wg.Go(func() {
					time.Sleep(pause)
					task := tasks.Go(ctx, work(n))
					tasksStarted.Add(1)
					task.OnDone(func(uint64, error) { callbacks.Add(1) })
					if n%3 == 0 {
						task.Cancel(errStop)
					}
					value, err := task.Wait(context.WithoutCancel(ctx))
					if err == nil {
						assert.Equal(t, n, value)
						assert.False(t, task.Cancelled())
					}
					task.OnDone(func(uint64, error) { callbacks.Add(1) })
				})
				wg.Go(func() {
					time.Sleep(pause)
					fns := []func(context.Context) (uint64, error){work(n), work(n + 1), work(n + 2)}
					switch n % 4 {
					case 0:
						values, err := tasks.Gather(ctx, fns...)
						if err == nil {
							assert.Equal(t, []uint64{n, n + 1, n + 2}, values)
						}
					case 1:
						seen := map[int]bool{}
						for o := range tasks.AsCompleted(ctx, fns...) {
							assert.False(t, seen[o.Index], "an outcome came twice")
							seen[o.Index] = true
							if n%8 == 1 {
								break
							}
						}
						assert.Len(t, seen, map[bool]int{true: 1, false: 3}[n%8 == 1])
					case 2:
						winner, err := tasks.Race(ctx, fns...)
						if err == nil {
							assert.Equal(t, n+uint64(winner.Index), winner.Value)
						}
					case 3:
						err := g.Go(child(work(n)))
						if err != nil {
							assert.ErrorIs(t, err, tasks.ErrClosed)
						}
					}
				})
			}
			wg.Wait()
			err := g.Wait()
			synctest.Wait()
			require.Equal(t, 2*tasksStarted.Load(), callbacks.Load(), "each callback is called once")
			require.Equal(t, err, g.Wait(), "a later Wait gets the same")
		})
	}
}

// Set, Wait, OnDone, Cancel and the end of the parent meet at one instant, in every order that the scheduler finds.
func TestEverythingAtOnce(t *testing.T) {
	for range 2000 {
		ctx, cancel := context.WithCancelCause(t.Context())
		task := tasks.Go(ctx, func(ctx context.Context) (int, error) {
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			<-derived.Done()
			return 0, context.Cause(derived)
		})
		called := make(chan error, 1)
		var wg sync.WaitGroup
		wg.Go(func() { task.Cancel(errStop) })
		wg.Go(func() { cancel(errBoom) })
		wg.Go(func() { task.OnDone(func(_ int, err error) { called <- err }) })
		var waited error
		wg.Go(func() { _, waited = task.Wait(t.Context()) })
		wg.Wait()
		require.Equal(t, waited, <-called)
		require.True(t, task.Cancelled())
		require.Contains(t, []error{errStop, errBoom}, waited, "the outcome must be one of the two causes")
	}
}
