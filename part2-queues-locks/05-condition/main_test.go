package main

import (
	"context"
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

// waitFor is what the standard library alone has to offer: a sync.Cond, whose
// waiters cannot give up, and a wake-up for all of them when ctx ends.
func waitFor(ctx context.Context, c *sync.Cond, ok func() bool) error {
	stop := context.AfterFunc(ctx, func() {
		c.L.Lock() // or this could come after a look at ctx and before the Wait
		defer c.L.Unlock()
		c.Broadcast() // Signal might wake another one
	})
	defer stop()
	for !ok() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.Wait()
	}
	return nil
}

func TestWithSyncCondAWaiterThatGivesUpWakesAll(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := sync.NewCond(new(sync.Mutex))
		looks, bread := 0, false
		var shop sync.WaitGroup
		for n := range 10 {
			shop.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n+1)*time.Second)
				defer cancel()
				c.L.Lock()
				defer c.L.Unlock()
				assert.ErrorIs(t, waitFor(ctx, c, func() bool { looks++; return bread }), context.DeadlineExceeded)
			})
		}
		shop.Wait()
		assert.Equal(t, 10+10+9+8+7+6+5+4+3+2+1, looks, "each looks once at first, and then each time one gives up")
	})
}

func TestWithLocksConditionAWaiterThatGivesUpWakesNoOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := locks.NewCondition(nil)
		looks := 0
		var shop sync.WaitGroup
		for n := range 10 {
			shop.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n+1)*time.Second)
				defer cancel()
				_ = c.L.Acquire(t.Context())
				defer c.L.Release()
				assert.ErrorIs(t, c.WaitFor(ctx, func() bool { looks++; return false }), context.DeadlineExceeded)
			})
		}
		shop.Wait()
		assert.Equal(t, 10, looks)
	})
}

// No goroutine overtakes a notified waiter, but one that wanted the lock before that is first.
func TestWithLocksConditionTheLoopIsNeededToo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := &bakery{shop: locks.NewCondition(nil)}
		found := -1
		b.customers.Go(func() {
			b.inside(t.Context(), func() {
				_ = b.shop.Wait(t.Context())
				found = b.loaves
			})
		})
		synctest.Wait()
		b.inside(t.Context(), func() {
			b.customers.Go(func() { b.inside(t.Context(), func() { b.loaves-- }) })
			synctest.Wait() // a customer is at the door
			b.loaves++
			b.shop.Notify(1)
		})
		b.customers.Wait()
		assert.Zero(t, found, "the customer at the door has taken it")
	})
}

// Main wants back what it has just put out, and nearly always gets it.
func TestWithSyncCondAnotherGoroutineMayOvertake(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tookBack := 0
		for range 100 {
			c := sync.NewCond(new(sync.Mutex))
			loaves := 0
			var shop sync.WaitGroup
			shop.Go(func() {
				c.L.Lock()
				defer c.L.Unlock()
				for loaves == 0 {
					c.Wait()
				}
				loaves--
			})
			synctest.Wait()
			c.L.Lock()
			loaves++
			c.Signal()
			c.L.Unlock()
			c.L.Lock()
			if loaves == 1 {
				loaves--
				tookBack++
				c.L.Unlock()
				synctest.Wait() // the customer finds nothing and waits again
				c.L.Lock()
				loaves++
				c.Signal()
			}
			c.L.Unlock()
			shop.Wait()
		}
		assert.NotZero(t, tookBack)
	})
}

func TestAConditionIsUsedWithItsLockHeld(t *testing.T) {
	c := locks.NewCondition(nil)
	require.Panics(t, func() { c.Notify(1) })
	require.Panics(t, func() { _ = c.Wait(t.Context()) })
	sync.NewCond(new(sync.Mutex)).Signal() // sync.Cond allows it
}
