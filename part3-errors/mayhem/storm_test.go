package mayhem_test

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// A crowd is a store and a restarter for hosts 0 to n-1, with a message for each. By its seed every fourth attempt fails.
type crowd struct {
	seed      mayhem.Seed
	tries     []atomic.Int32 // of restarts, by host
	restarted []atomic.Int32
	now, most atomic.Int32 // how many restarts are under way, and how many there ever were
}

func newCrowd(n int) *crowd {
	return &crowd{seed: 7, tries: make([]atomic.Int32, n), restarted: make([]atomic.Int32, n)}
}

func (c *crowd) Save(context.Context, mayhem.Message) error { return nil }

func (c *crowd) Restart(ctx context.Context, host string) error {
	now := c.now.Add(1)
	defer c.now.Add(-1)
	for most := c.most.Load(); now > most && !c.most.CompareAndSwap(most, now); {
		most = c.most.Load()
	}
	i, _ := strconv.Atoi(host)
	chance := c.seed.Chance(fmt.Sprint(host, " ", c.tries[i].Add(1)))
	if err := wait(ctx, time.Duration(float64(3*time.Second)*chance)); err != nil {
		return err
	}
	if chance < 0.25 {
		return errDown
	}
	c.restarted[i].Add(1)
	return nil
}

// publishAll publishes a message for each host and closes the broker.
func publishAll(ctx context.Context, b *mayhem.MemoryBroker, n int) error {
	defer b.Close()
	for i := range n {
		host := strconv.Itoa(i)
		if err := b.Publish(ctx, mayhem.Message{ID: host, Host: host}); err != nil {
			return err
		}
	}
	return nil
}

func TestOfAHundredThousandMessagesNoneIsLostNorMoreThanAThousandInFlight(t *testing.T) {
	const inFlight, tries = 1000, 3
	n := 100_000
	if testing.Short() {
		n = 10_000
	}
	synctest.Test(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 2*inFlight)
		hosts := newCrowd(n)
		service := mayhem.Service{
			Broker: b, Store: hosts, Restarter: hosts,
			MaxInFlight: inFlight, ExtendEvery: 2 * time.Second, MaxTries: tries, Backoff: mayhem.Exponential(time.Second, time.Minute),
		}
		var publisher sync.WaitGroup
		publisher.Go(func() { assert.NoError(t, publishAll(t.Context(), b, n)) })
		require.NoError(t, service.Run(t.Context()))
		publisher.Wait()

		assert.EqualValues(t, inFlight, hosts.most.Load(), "restarts at once")
		assert.Zero(t, b.Len(), "left in the broker")
		dead := map[string]bool{}
		for _, l := range b.DeadLetters() {
			dead[l.Host] = true
		}
		wrong := 0
		for i := range n {
			switch restarted := hosts.restarted[i].Load(); {
			case dead[strconv.Itoa(i)] && restarted == 0 && hosts.tries[i].Load() == tries:
			case !dead[strconv.Itoa(i)] && restarted == 1:
			default:
				wrong++
			}
		}
		assert.Zero(t, wrong, "messages neither restarted once and acked, nor dead after the last try")
		assert.InEpsilon(t, n/64, len(dead), 0.15, "every fourth restart fails, three in a row every sixty-fourth time")
	})
}

func TestMemoryIsFlat(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	synctest.Test(t, func(t *testing.T) {
		const n, at = 20_000, 2_000
		b := mayhem.NewMemoryBroker(ackWait, 500)
		chaos := &mayhem.Chaos{Seed: 7, FailRate: 0.25, Takes: func(chance float64) time.Duration {
			return time.Duration(chance * float64(time.Second))
		}}
		service := mayhem.Service{
			Broker: b, Store: chaos, Restarter: chaos, MaxInFlight: 100,
			ExtendEvery: time.Second, Backoff: mayhem.Exponential(time.Second, time.Minute), // no MaxTries: dead letters are never dropped
		}
		var before, after uint64
		var publisher sync.WaitGroup
		publisher.Go(func() {
			defer b.Close()
			for i := range n {
				switch i {
				case at:
					before = heap()
				case n - 1:
					after = heap()
				}
				host := fmt.Sprint("web-", i%100)
				assert.NoError(t, b.Publish(t.Context(), mayhem.Message{ID: strconv.Itoa(i), Host: host}))
			}
		})
		require.NoError(t, service.Run(t.Context()))
		publisher.Wait()
		assert.Less(t, int64(after)-int64(before), int64(200_000), "bytes more after %d messages than after %d", n, at)
	})
}
