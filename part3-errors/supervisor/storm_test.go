package supervisor_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

// A storm is a supervisor whose tasks fail, panic, exit, clean up badly, spawn and stop at random, while other goroutines wait, stop and give up. It
// knows which failures have to be handed on.
type storm struct {
	t     *testing.T
	s     *supervisor.Supervisor
	pause func(ctx context.Context, random *rand.Rand) // up to a few ms, or until ctx ends if the mood is so

	ids    atomic.Int64
	inside atomic.Int32 // calls of the handler at this moment

	mu     sync.Mutex // guards what follows
	random *rand.Rand // only the handler's
	failed map[string]bool
	handed map[string]int
}

func newStorm(t *testing.T, ctx context.Context, seed uint64, pause func(context.Context, *rand.Rand)) *storm { //nolint:revive // t comes first in tests
	t.Helper()
	st := &storm{
		t: t, pause: pause, random: rand.New(rand.NewPCG(seed, 1)),
		failed: map[string]bool{}, handed: map[string]int{},
	}
	st.s = supervisor.New(ctx, supervisor.OnFailure(st.handle))
	return st
}

// handle calls methods of the supervisor, panics, and exits, at random.
func (st *storm) handle(_ context.Context, f supervisor.Failure) {
	assert.EqualValues(st.t, 1, st.inside.Add(1), "one call at a time")
	defer st.inside.Add(-1)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.handed[f.Task]++
	switch st.random.IntN(12) {
	case 0:
		st.spawn(st.random.Uint64())
	case 1:
		_ = st.s.Running()
	case 2:
		runtime.Goexit()
	case 3:
		panic("handler")
	}
}

// fails notes that the task of this name is about to fail.
func (st *storm) fails(name string, err error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.failed[name] = true
	return err
}

// spawn starts one more task, if the supervisor takes it.
func (st *storm) spawn(seed uint64) {
	name := fmt.Sprint(st.ids.Add(1))
	random := rand.New(rand.NewPCG(seed, 0))
	err := st.s.Go(name, func(ctx context.Context) error {
		st.pause(ctx, random)
		for range random.IntN(3) {
			st.spawn(random.Uint64())
		}
		st.pause(ctx, random)
		switch random.IntN(16) {
		case 0, 1:
			return st.fails(name, errBoom)
		case 2:
			_ = st.fails(name, nil)
			panic("kaboom")
		case 3:
			runtime.Goexit()
		case 4:
			<-ctx.Done()
			return ctx.Err()
		case 5:
			<-ctx.Done()
			return st.fails(name, errors.Join(context.Cause(ctx), errCleanUp))
		case 6:
			<-ctx.Done()
			_ = st.fails(name, nil)
			panic(ctx.Err())
		case 7:
			own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
			cancel(errBoom)
			return st.fails(name, context.Cause(own))
		case 8:
			if random.IntN(8) == 0 {
				_ = st.s.Stop(ctx, errUpdate) // bounded by the deadline of New's context
			}
		case 9:
			limited, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), time.Millisecond, errBoom)
			defer cancel()
			if random.IntN(8) == 0 {
				if err := st.s.Stop(limited, errUpdate); err != nil {
					return st.fails(name, err)
				}
			}
		case 10:
			return st.s.Wait(ctx) // waits for itself until it is cancelled
		}
		return nil
	})
	if err != nil {
		assert.Equal(st.t, supervisor.ErrStopped, err)
	}
}

// blow lets the storm blow until it is over, and checks what is left.
func (st *storm) blow(seed uint64) {
	random := rand.New(rand.NewPCG(seed, 2))
	var wg sync.WaitGroup
	for range 4 {
		seed := random.Uint64()
		wg.Go(func() {
			random := rand.New(rand.NewPCG(seed, 3))
			for range 15 {
				st.spawn(random.Uint64())
				st.pause(st.t.Context(), random)
				ctx, cancel := context.WithTimeoutCause(st.t.Context(), time.Duration(random.IntN(2000))*time.Microsecond, errBoom)
				switch random.IntN(6) {
				case 0:
					if err := st.s.Wait(ctx); err != nil {
						assert.Equal(st.t, errBoom, err)
					}
				case 1:
					if random.IntN(6) == 0 {
						if err := st.s.Stop(ctx, nil); err != nil {
							assert.ErrorIs(st.t, err, errBoom)
						}
					}
				case 2:
					_ = st.s.Running()
				}
				cancel()
			}
		})
	}
	wg.Wait()
	if random.IntN(2) == 0 {
		wg.Go(func() { assert.NoError(st.t, st.s.Wait(st.t.Context())) })
	}
	require.NoError(st.t, st.s.Stop(st.t.Context(), nil))
	wg.Wait()
	require.Empty(st.t, st.s.Running())
	st.mu.Lock()
	defer st.mu.Unlock()
	for name := range st.failed {
		require.Equal(st.t, 1, st.handed[name], "every failure is handed on exactly once")
	}
	require.Len(st.t, st.handed, len(st.failed), "and nothing else is")
}

// In virtual time much happens at one instant, and a wait that never ends is found at once.
func TestStormInVirtualTime(t *testing.T) {
	_ = logged(t)
	for range atLength(40, 4000) {
		seed := rand.Uint64()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Duration(seed%200)*time.Millisecond, errUpdate)
			defer cancel()
			if seed%2 == 0 {
				ctx = t.Context()
			}
			newStorm(t, ctx, seed, func(ctx context.Context, random *rand.Rand) {
				d := time.Duration(random.IntN(5)) * time.Millisecond
				if random.IntN(2) == 0 {
					time.Sleep(d)
				} else {
					_ = after(d, nil)(ctx)
				}
			}).blow(seed)
		})
		if t.Failed() {
			t.Fatal("seed", seed)
		}
	}
}

// In real time the scheduler finds orders that virtual time does not.
func TestStormInRealTime(t *testing.T) {
	_ = logged(t)
	for range atLength(40, 4000) {
		seed := rand.Uint64()
		newStorm(t, t.Context(), seed, func(_ context.Context, random *rand.Rand) {
			for range random.IntN(4) {
				runtime.Gosched()
			}
		}).blow(seed)
	}
}
